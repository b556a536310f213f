# What the command lines of tests/torture/commands read.
#
#	. "$here/inputs.sh"
#	make_inputs PROGRAM		in the current folder; $here is tests/torture
# shellcheck shell=bash disable=SC2154

make_inputs() {
	local program=$1
	cp "$here"/../cli/data/orders.csv{,.zst} .
	gzip -kn orders.csv
	(head -n 1 orders.csv; sed -n 2,9p orders.csv) >part1.csv
	(head -n 1 orders.csv; sed -n '10,$p' orders.csv) | gzip -n >part2.csv.gz
	awk -v n=60 -v seed=11 -f "$here/../cli/data/messy.awk" 2>/dev/null >messy.csv
	sed 's/Kettle/茶壶/' orders.csv | iconv -f UTF-8 -t GB18030 >gb18030.csv
	iconv -f UTF-8 -t UTF-16 orders.csv >utf16.csv
	# More than one block of the reader, and a record longer than the room before a block.
	awk 'BEGIN {
		print "customer,day,amount,note"
		for (i = 0; i < 12000; i++) print "customer" i % 7 ",2024-01-0" i % 9 + 1 "," i ".25,"
		printf "customer1,2024-02-01,1,\""
		for (i = 0; i < 30000; i++) printf "long note "
		print "\""
		for (i = 0; i < 2000; i++) print "customer" i % 7 ",2024-01-0" i % 9 + 1 "," i ".25,"
	}' >long.csv
	(head -c 300 orders.csv.gz; printf 'damage'; tail -c +307 orders.csv.gz) >damaged.csv.gz
	printf 'segment,r,f,m\nbest,4-5,4-5,1-5\nrest,1-5,1-5,1-5\n' >segments.csv
	(
		echo weeks,relapse,drug,age
		awk 'BEGIN { for (i = 0; i < 42; i++) print i * 17 % 35 + 1 "," i % 3 % 2 "," (i % 2 ? "6-MP" : "placebo") "," 20 + i * 13 % 41 }'
	) >weeks.csv
	# As a spreadsheet of another country has it, with a return.
	awk 'BEGIN {
		print "Kunde;Datum;Preis;Ware;Menge"
		for (i = 0; i < 40; i++)
			printf "K%d;%02d.%02d.2024;%sEUR;Tee;%d\n", i % 7, 1 + i % 28, 1 + i % 12, i % 5 ? i ",50" : "1.234,00", i == 9 ? -1 : i % 3 + 1
	}' >kunden.csv
	"$program" simulate --customers 60 --seed 22 -q -o few.csv.gz || return
	"$program" customers orders.csv -q -o customers.csv &&
		"$program" rfm orders.csv -q --cuts-out cuts.csv -o /dev/null &&
		"$program" kmeans customers.csv -q -k 2 --model-out clusters.csv -o /dev/null &&
		"$program" ltv few.csv.gz -q --model bgnbd --model-out model.csv -o /dev/null || return
}
