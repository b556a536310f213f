/* patron completions: what makes a shell complete the command lines of patron.
 *
 * The scripts ask the program itself, patron completions words, so that they never fall behind its
 * options, and columns are named by the program's own reader, whatever a file is packed with.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/completion.h"
#include "io/output.h"

/* bash parts words at = and :, which are joined again here; what it then replaces is only what
 * stands behind the last of them. */
static const char bash_script[] =
	"# patron completions bash\n"
	"_patron() {\n"
	"	local words=() word i place=0 joins='' line candidates=() files=''\n"
	"	for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do\n"
	"		word=${COMP_WORDS[i]}\n"
	"		if ((i > 1)) && [[ $word == [=:]* || $joins == yes ]] &&\n"
	"			[[ ${words[-1]} == --* ]]; then\n"
	"			words[-1]+=$word\n"
	"		else\n"
	"			words+=(\"$word\")\n"
	"		fi\n"
	"		joins=''\n"
	"		[[ $word != [=:] ]] || joins=yes\n"
	"		((i != COMP_CWORD)) || place=$((${#words[@]} - 1))\n"
	"	done\n"
	"	for ((i = 1; i < ${#words[@]}; i++)); do\n"
	"		word=${words[i]//\\\\/}\n"
	"		word=${word#[\\'\\\"]}\n"
	"		words[i]=${word%[\\'\\\"]}\n"
	"	done\n"
	"	word=${words[place]}\n"
	"	while IFS= read -r line; do\n"
	"		if [[ $line == :files ]]; then\n"
	"			files=yes\n"
	"		else\n"
	"			candidates+=(\"${line%%$'\\t'*}\")\n"
	"		fi\n"
	"	done < <(\"${words[0]/#\\~/$HOME}\" completions words -- \"$place\" "
	"\"${words[@]:1}\" 2>/dev/null)\n"
	"	local shown=${COMP_WORDS[COMP_CWORD]} before=''\n"
	"	[[ $word != --*=* ]] || before=${word%%=*}=\n"
	"	COMPREPLY=()\n"
	"	for line in \"${candidates[@]}\"; do\n"
	"		line=${line#\"$before\"}\n"
	"		if [[ $shown == [\\'\\\"]* ]]; then\n"
	"			COMPREPLY+=(\"$line\")\n"
	"		else\n"
	"			printf -v line %q \"$line\"\n"
	"			COMPREPLY+=(\"$line\")\n"
	"		fi\n"
	"	done\n"
	"	if [[ $files == yes ]]; then\n"
	"		compopt -o filenames 2>/dev/null\n"
	"		while IFS= read -r line; do\n"
	"			COMPREPLY+=(\"$line\")\n"
	"		done < <(compgen -f -- \"${word#\"$before\"}\")\n"
	"	fi\n"
	"}\n"
	"complete -F _patron patron\n";

static const char zsh_script[] = "#compdef patron\n"
				 "# patron completions zsh\n"
				 "_patron() {\n"
				 "	local line files\n"
				 "	local -a asked names shown\n"
				 "	asked=(\"${(@Q)words[2,-1]}\")\n"
				 "	for line in \"${(@f)$(\"${(Q)words[1]}\" completions words "
				 "-- $((CURRENT - 1)) \"${asked[@]}\" 2>/dev/null)}\"; do\n"
				 "		if [[ $line == :files ]]; then\n"
				 "			files=yes\n"
				 "		elif [[ -n $line ]]; then\n"
				 "			names+=(\"${line%%$'\\t'*}\")\n"
				 "			shown+=(\"${line/$'\\t'/  }\")\n"
				 "		fi\n"
				 "	done\n"
				 "	(( $#names )) && compadd -l -d shown -a names\n"
				 "	if [[ $files == yes ]]; then\n"
				 "		compset -P '--*='\n"
				 "		_files\n"
				 "	fi\n"
				 "}\n"
				 "if [[ $funcstack[1] == _patron ]]; then\n"
				 "	_patron\n"
				 "else\n"
				 "	compdef _patron patron\n"
				 "fi\n";

static const char fish_script[] =
	"# patron completions fish\n"
	"function __patron_words\n"
	"	set -l before (commandline -opc)\n"
	"	set -l place (count $before)\n"
	"	set -l word (commandline -ct)\n"
	"	for line in ($before[1] completions words -- $place $before[2..-1] \"$word\" "
	"2>/dev/null)\n"
	"		if test \"$line\" = :files\n"
	"			set -l begun (string replace -r '^--[^=]*=' '' -- \"$word\")\n"
	"			set -l option (string match -r '^--[^=]*=' -- \"$word\")\n"
	"			for file in (__fish_complete_path \"$begun\")\n"
	"				echo \"$option$file\"\n"
	"			end\n"
	"		else\n"
	"			echo \"$line\"\n"
	"		end\n"
	"	end\n"
	"end\n"
	"complete -c patron -f -a '(__patron_words)'\n";

static const struct {
	const char *shell, *script;
} scripts[] = {
	{"bash", bash_script},
	{"fish", fish_script},
	{"zsh", zsh_script},
};

static bool print(const char *script, size_t length, struct error *err)
{
	struct output *out = output_open(NULL, err);
	bool good = out != NULL && output_write(out, script, length, err);
	if (out != NULL && !good)
		output_discard(out);
	return good && output_close(out, err);
}

static bool print_words(const char *const *operands, size_t n_operands, struct error *err)
{
	char *end = NULL;
	long place = n_operands > 0 ? strtol(operands[0], &end, 10) : 0;
	if (place < 0 || place > INT16_MAX || end == NULL || end == operands[0] || *end != '\0')
		return error_set(err, ERROR_USAGE,
			"words needs a place in the command line and its words, such as"
			" words -- 1 r");
	struct buffer out = {0};
	completion_words(&out, operands + 1, n_operands - 1, (size_t)place);
	bool good = print(out.length > 0 ? out.bytes : "", out.length, err);
	buffer_release(&out);
	return good;
}

static bool run(const char *const *operands, size_t n_operands, struct error *err)
{
	if (n_operands > 0 && strcmp(operands[0], "words") == 0)
		return print_words(operands + 1, n_operands - 1, err);
	for (size_t i = 0; n_operands == 1 && i < COUNT_OF(scripts); i++)
		if (strcmp(scripts[i].shell, operands[0]) == 0)
			return print(scripts[i].script, strlen(scripts[i].script), err);
	if (n_operands == 1)
		return error_set(err, ERROR_USAGE,
			"no completions for '%s' (there are some for bash, fish and zsh)",
			operands[0]);
	return error_set(err, ERROR_USAGE, "needs the name of a shell: bash, fish or zsh");
}

const struct command completions_command = {
	.name = "completions",
	.summary = "completion of command lines for bash, fish and zsh",
	.description =
		"Prints what makes the shell complete commands, options, their values, and names of"
		" columns: of the input, read from the header of the files that the command line"
		" names (compressed ones too), or of the table that is written. 'make install' puts"
		" it where the shells look for it; by hand, see the examples.\n"
		"\n"
		"The shell then asks patron completions words -- PLACE WORD..., which answers with"
		" what may stand at that place. Where a file cannot be read it answers with "
		"nothing,"
		" exit 0 and no message, which would stand in the middle of the command line.",
	.operands = "bash|fish|zsh",
	.examples = "source <(patron completions bash)\n"
		    "patron completions fish | source\n"
		    "patron completions zsh > ~/.zfunc/_patron",
	.run = run,
};
