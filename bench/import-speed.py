#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Import of receipt lines against pandas, on the same file in the same run.

    bench/import-speed.py [--rows 5000000] [--repeats 3] [--aislectl build/src/cli/aislectl]

pandas does the same work: read_csv, HMAC pseudonyms of the distinct customers, keys of products, stores
and receipts, daily totals, and everything into SQLite with the same indexes. Beside it stands the bare
read_csv + to_sql, which does none of that. Prints medians, rows a second, ratios and resident memory.
Needs python3-pandas; the files (about 60 bytes a row, and the databases) go to a folder of their own.
"""
import argparse
import datetime
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PRODUCTS, STORES, CUSTOMERS, DAYS, SEED = 5000, 20, 100_000, 270, 20101201


def make_files(folder, rows):
    """Receipts of one to nine lines, in the order of time, over stores; every third without a customer."""
    rnd = random.Random(SEED)
    stamps = []
    day0 = datetime.date(2020, 1, 1)
    for d in range(DAYS):
        stamps.append((day0 + datetime.timedelta(days=d)).isoformat())
    prices = [f"{rnd.randint(25, 4999) / 100:.2f}" for _ in range(PRODUCTS)]
    with open(f"{folder}/stores.csv", "w") as f:
        f.write("code,name,currency\n")
        f.writelines(f"S{i:02},Store {i},GBP\n" for i in range(STORES))
    with open(f"{folder}/catalog.csv", "w") as f:
        f.write("sku,name\n")
        f.writelines(f"P{i:05},Product {i}\n" for i in range(PRODUCTS))
    written = receipt = 0
    with open(f"{folder}/sales.csv", "w", buffering=1 << 20) as f:
        f.write("receipt,date,store,sku,quantity,price,customer\n")
        while written < rows:
            n = min(rnd.randint(1, 9), rows - written)
            day = stamps[written * DAYS // rows]
            second = 8 * 3600 + rnd.randrange(12 * 3600)
            when = f"{day} {second // 3600:02}:{second % 3600 // 60:02}:{second % 60:02}"
            store = f"S{rnd.randrange(STORES):02}"
            customer = "" if rnd.random() < 0.33 else f"C{rnd.randrange(CUSTOMERS)}"
            head = f"R{receipt:08},{when},{store},"
            for _ in range(n):
                p = int(PRODUCTS * rnd.random() ** 2)
                q = -rnd.randint(1, 3) if rnd.random() < 0.02 else rnd.randint(1, 6)
                f.write(f"{head}P{p:05},{q},{prices[p]},{customer}\n")
            written += n
            receipt += 1


PEER = r"""
import sys, hmac, hashlib, sqlite3, time, resource
import pandas as pd
folder, mode = sys.argv[1], sys.argv[2]
start = time.monotonic()
db = sqlite3.connect(folder + "/peer.db")
if mode == "bare":
    frame = pd.read_csv(folder + "/sales.csv")
    frame.to_sql("sale_line", db, index=False, chunksize=100_000)
else:
    frame = pd.read_csv(folder + "/sales.csv", dtype={"receipt": str, "store": str, "sku": str, "customer": str})
    frame["date"] = pd.to_datetime(frame["date"])
    key = b"k" * 32
    people = frame["customer"].dropna().unique()
    customer = pd.DataFrame({"id": range(1, len(people) + 1), "number": people,
        "pseudonym": [hmac.new(key, p.encode(), hashlib.sha256).digest()[:16] for p in people]})
    frame["customer_id"] = frame["customer"].map(dict(zip(customer["number"], customer["id"]))).astype("Int64")
    product = pd.read_csv(folder + "/catalog.csv"); product["id"] = range(1, len(product) + 1)
    store = pd.read_csv(folder + "/stores.csv"); store["id"] = range(1, len(store) + 1)
    frame["product_id"] = frame["sku"].map(dict(zip(product["sku"], product["id"])))
    frame["store_id"] = frame["store"].map(dict(zip(store["code"], store["id"])))
    frame["at"] = frame["date"].astype("int64") // 1_000_000_000
    frame["day"] = frame["at"] // 86400
    frame["quantity_milli"] = frame["quantity"] * 1000
    frame["net_minor"] = (frame["quantity"] * frame["price"] * 100).round().astype("int64")
    frame["unit_net_micro"] = (frame["price"] * 1_000_000).round().astype("int64")
    frame["kind"] = (frame["quantity"] < 0).astype("int64")
    keys = frame.groupby(["store_id", "receipt"], sort=True)
    frame["receipt_id"] = keys.ngroup() + 1
    frame["line"] = keys.cumcount() + 1
    receipt = frame.drop_duplicates("receipt_id")[["receipt_id", "store_id", "receipt", "day", "at", "customer_id"]]
    sold = frame["quantity_milli"].clip(lower=0)
    days = frame.assign(units_milli=sold, returns_milli=sold - frame["quantity_milli"]).groupby(
        ["store_id", "product_id", "day"], as_index=False)[["units_milli", "returns_milli", "net_minor"]].sum()
    db.execute("PRAGMA journal_mode = WAL")
    options = dict(index=False, chunksize=100_000, if_exists="append")
    customer[["id", "pseudonym"]].to_sql("customer", db, **options)
    receipt.to_sql("receipt", db, **options)
    frame.sort_values(["receipt_id", "line"])[["receipt_id", "line", "product_id", "kind", "quantity_milli",
        "net_minor", "unit_net_micro"]].to_sql("sale_line", db, **options)
    days.to_sql("sale_day", db, **options)
    db.executescript('''
        CREATE UNIQUE INDEX a ON receipt (store_id, receipt); CREATE UNIQUE INDEX b ON receipt (receipt_id);
        CREATE INDEX c ON receipt (customer_id, day); CREATE INDEX d ON receipt (day);
        CREATE UNIQUE INDEX e ON sale_line (receipt_id, line);
        CREATE UNIQUE INDEX g ON sale_day (store_id, product_id, day);
        CREATE UNIQUE INDEX h ON customer (pseudonym);''')
db.commit()
db.close()
print(time.monotonic() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def run_peer(folder, mode):
    for name in ("peer.db", "peer.db-wal", "peer.db-shm"):
        if os.path.exists(f"{folder}/{name}"):
            os.remove(f"{folder}/{name}")
    out = subprocess.run([sys.executable, "-c", PEER, folder, mode], check=True, capture_output=True, text=True)
    seconds, kilobytes = out.stdout.split()
    return float(seconds), int(kilobytes)


def run_aisle(folder, program):
    env = dict(os.environ, AISLE_KEYS="file", XDG_CONFIG_HOME=f"{folder}/config",
               XDG_STATE_HOME=f"{folder}/state", AISLE_WORKSPACE=f"{folder}/bench.aisle")
    for name in ("bench.aisle", "bench.aisle-wal", "bench.aisle-shm"):
        if os.path.exists(f"{folder}/{name}"):
            os.remove(f"{folder}/{name}")

    def call(*arguments):
        subprocess.run([program, "--quiet", *arguments], check=True, env=env, stdout=subprocess.DEVNULL)

    call("init", "--currency", "GBP")
    call("import", "stores", f"{folder}/stores.csv")
    call("import", "catalog", f"{folder}/catalog.csv")
    start = time.monotonic()
    child = subprocess.Popen([program, "--quiet", "import", "sales", f"{folder}/sales.csv", "--prices", "net"],
                             env=env, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    if status != 0:
        sys.exit(f"import failed with status {status}")
    return seconds, usage.ru_maxrss


def main():
    if subprocess.run([sys.executable, "-c", "import pandas"], capture_output=True).returncode != 0:
        sys.exit(f"{sys.executable} has no pandas; install python3-pandas and run this with /usr/bin/python3")
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--aislectl", default="build/src/cli/aislectl")
    parser.add_argument("--folder", help="where the files go (default: a new temporary folder)")
    parser.add_argument("--only", choices=["aisle", "peer", "bare"], help="run one of the three")
    given = parser.parse_args()
    folder = given.folder or tempfile.mkdtemp(prefix="aisle-bench-")
    os.makedirs(folder, exist_ok=True)
    try:
        if not os.path.exists(f"{folder}/sales.csv"):
            make_files(folder, given.rows)
        runs = {"aisle": lambda: run_aisle(folder, os.path.abspath(given.aislectl)),
                "peer": lambda: run_peer(folder, "same"), "bare": lambda: run_peer(folder, "bare")}
        names = [given.only] if given.only else list(runs)
        taken = {name: [] for name in names}
        for _ in range(given.repeats):
            for name in names:
                taken[name].append(runs[name]())
        titles = {"aisle": "aislectl import", "peer": "pandas, same work", "bare": "pandas, read_csv + to_sql"}
        median = {}
        for name in names:
            median[name] = statistics.median(t for t, _ in taken[name])
            peak = max(m for _, m in taken[name]) / 1024
            print(f"{titles[name]:28} {median[name]:8.2f} s  {given.rows / median[name]:10.0f} rows/s"
                  f"  {peak:8.0f} MiB resident")
        if "aisle" in median and "peer" in median:
            print(f"ratio to the same work        {median['peer'] / median['aisle']:.2f}")
        if "aisle" in median and "bare" in median:
            print(f"ratio to read_csv + to_sql    {median['bare'] / median['aisle']:.2f}")
    finally:
        if not given.folder:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
