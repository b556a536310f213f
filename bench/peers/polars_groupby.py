"""The group-by under RFM in polars, without scores: polars_groupby.py FILE OUT"""

import sys

import polars as pl

path, out = sys.argv[1:3]
table = pl.read_csv(path, columns=["order_date", "customer_id", "amount"])
table.group_by("customer_id").agg(
    pl.col("order_date").max(), pl.len(), pl.col("amount").sum()
).sort("customer_id").write_csv(out)
