"""One start of k-means in scikit-learn, with its default tolerance.

sklearn_kmeans.py make KIND ROWS DIMS FILE      writes a matrix of doubles, and 20 rows to FILE.init
sklearn_kmeans.py fit FILE DIMS K ALGORITHM START   prints: seconds rounds inertia

KIND is blobs (20 overlapping clumps), normal (one cloud), or rfm (log recency, frequency and
monetary value of simulated customers, standardised). START is a seed, or a file of centres.
The clock runs around KMeans.fit.
"""

import sys
import time

import numpy as np


def make(kind, n, dims, path):
    rng = np.random.default_rng(1)
    if kind == "blobs":
        middles = rng.uniform(-10, 10, (20, dims))
        rows = middles[rng.integers(20, size=n)] + rng.normal(size=(n, dims)) * 2
    elif kind == "normal":
        rows = rng.normal(size=(n, dims))
    else:
        rows = np.log1p(np.c_[rng.exponential(120, n).round(),
                              1 + rng.poisson(rng.gamma(.6, 6, n)),
                              rng.lognormal(4, 1, n).round(2)])
        rows = (rows - rows.mean(0)) / rows.std(0, ddof=1)
    rows.tofile(path)
    rows[rng.choice(n, 20, replace=False)].tofile(path + ".init")


def fit(path, dims, k, algorithm, start):
    from sklearn.cluster import KMeans
    rows = np.fromfile(path).reshape(-1, dims)
    if start.isdigit():
        options = {"random_state": int(start)}
    else:
        options = {"init": np.fromfile(start).reshape(-1, dims)[:k]}
    model = KMeans(k, n_init=1, max_iter=10000, algorithm=algorithm, **options)
    clock = time.perf_counter()
    model.fit(rows)
    print(f"{time.perf_counter() - clock:.6f} {model.n_iter_} {model.inertia_:.17g}")


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
else:
    fit(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5], sys.argv[6])
