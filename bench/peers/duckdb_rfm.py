"""RFM in DuckDB: duckdb_rfm.py FILE OUT THREADS rows|orders"""

import sys

import duckdb

path, out, threads, frequency = sys.argv[1:5]
count = "count(distinct order_id)" if frequency == "orders" else "count(*)"
db = duckdb.connect()
db.execute(f"set threads to {threads}")
db.execute(f"""
copy (
  with c as (
    select customer_id, max(order_date) last_purchase, {count} frequency,
           sum(cast(amount as decimal(18, 2))) monetary
    from read_csv('{path}', header = true, quote = '"', escape = '"', delim = ',',
      columns = {{'order_id': 'varchar', 'order_date': 'date', 'customer_id': 'varchar',
        'product': 'varchar', 'quantity': 'integer', 'unit_price': 'varchar',
        'amount': 'varchar', 'channel': 'varchar', 'region': 'varchar'}})
    group by customer_id)
  select customer_id, last_purchase,
    date_diff('day', last_purchase, (select max(last_purchase) from c)) recency_days,
    frequency, monetary,
    ntile(5) over (order by last_purchase) r,
    ntile(5) over (order by frequency) f,
    ntile(5) over (order by monetary) m
  from c order by customer_id
) to '{out}' (header, delimiter ',')
""")
