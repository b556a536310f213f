"""RFM in pandas: pandas_rfm.py FILE OUT"""

import sys

import pandas as pd

path, out = sys.argv[1:3]
rows = pd.read_csv(path, usecols=["order_id", "order_date", "customer_id", "amount"],
                   parse_dates=["order_date"])
table = rows.groupby("customer_id").agg(
    last_purchase=("order_date", "max"), frequency=("order_id", "nunique"),
    monetary=("amount", "sum"))
table["recency_days"] = (rows["order_date"].max() - table["last_purchase"]).dt.days
table["r"] = 6 - pd.qcut(table["recency_days"].rank(method="first"), 5, labels=False)
table["f"] = 1 + pd.qcut(table["frequency"].rank(method="first"), 5, labels=False)
table["m"] = 1 + pd.qcut(table["monetary"].rank(method="first"), 5, labels=False)
table.to_csv(out)
