"""Monthly cohorts in DuckDB: duckdb_cohorts.py FILE OUT THREADS"""

import sys

import duckdb

path, out, threads = sys.argv[1:4]
db = duckdb.connect()
db.execute(f"set threads to {threads}")
db.execute(f"""
copy (
  with tx as (
    select customer_id, date_trunc('month', order_date) as month, cast(amount as decimal(18, 2)) as amount
    from read_csv('{path}', header = true, quote = '"', escape = '"', delim = ',',
      columns = {{'order_id': 'varchar', 'order_date': 'date', 'customer_id': 'varchar',
        'product': 'varchar', 'quantity': 'integer', 'unit_price': 'varchar',
        'amount': 'varchar', 'channel': 'varchar', 'region': 'varchar'}})),
  first as (
    select customer_id, min(month) as cohort from tx where amount >= 0 group by customer_id),
  size as (
    select cohort, count(*) as cohort_size from first group by cohort)
  select cohort, date_diff('month', cohort, month) as period, any_value(cohort_size) as cohort_size,
    count(distinct customer_id) filter (where amount >= 0) as active,
    count(distinct customer_id) filter (where amount >= 0) / any_value(cohort_size) as rate,
    sum(amount) as revenue
  from tx join first using (customer_id) join size using (cohort)
  where month >= cohort
  group by cohort, period
  order by cohort, period
) to '{out}' (header, delimiter ',')
""")
