"""One of the peers of crm-dedupe on one set of rows; for scripts/bench/dedupe.

dedupe-peers.py TOOL SET BASE OUT THREADS reads BASE.csv (dedupe also BASE.truth, for the answers to its questions) and writes to OUT a group for each
row. Exit status 3: the tool is not installed.
"""
import sys

# What to compare as what, and by what to block, for each set of rows; of columns that a set has.
NAMES, TEXTS, DATES, CODES = "names", "texts", "dates", "codes"
KNOWLEDGE = {
    "febrl3": ({NAMES: ["given_name", "surname"], TEXTS: ["address_1", "suburb"], DATES: ["date_of_birth"], CODES: ["soc_sec_id", "postcode"]},
               [["soc_sec_id"], ["given_name", "surname"], ["date_of_birth"], ["surname", "postcode"]]),
    "fake_1000": ({NAMES: ["first_name", "surname"], TEXTS: ["city"], DATES: ["dob"], CODES: ["email"]},
                  [["first_name"], ["surname"], ["dob"], ["email"]]),
    "historical_50k": ({NAMES: ["first_name", "surname"], TEXTS: ["birth_place", "occupation"], DATES: ["dob"], CODES: ["postcode_fake"]},
                       [["first_name", "surname"], ["surname", "dob"], ["first_name", "dob"], ["postcode_fake", "first_name"],
                        ["postcode_fake", "surname"], ["dob", "birth_place"]]),
}
SYNTH = ({NAMES: ["name", "company"], TEXTS: ["address", "city"], DATES: [], CODES: ["phone", "email", "uscc"]},
         [["phone"], ["email"], ["uscc"], ["name", "city"], ["company"]])


def read(base, name):
    import pandas
    rows = pandas.read_csv(base + ".csv", dtype=str, keep_default_na=False).map(lambda cell: cell.strip().lower() or None)
    kinds, blocks = KNOWLEDGE.get(name, SYNTH)
    kinds = {kind: [c for c in columns if c in rows.columns] for kind, columns in kinds.items()}
    blocks = [block for block in blocks if all(c in rows.columns for c in block)]
    return rows, kinds, blocks


def components(count, pairs):
    """The smallest row of each row's component."""
    up = list(range(count))

    def root(x):
        while up[x] != x:
            up[x] = up[up[x]]
            x = up[x]
        return x

    for a, b in pairs:
        a, b = root(a), root(b)
        if a != b:
            up[max(a, b)] = min(a, b)
    return [root(x) for x in range(count)]


def splink(rows, kinds, blocks, truth, threads):
    import duckdb
    import splink.comparison_library as library
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    comparisons = [library.JaroWinklerAtThresholds(c, [0.92, 0.8]).configure(term_frequency_adjustments=True) for c in kinds[NAMES]]
    comparisons += [library.JaroWinklerAtThresholds(c, [0.9, 0.7]).configure(term_frequency_adjustments=True) for c in kinds[TEXTS]]
    comparisons += [library.DamerauLevenshteinAtThresholds(c, [1, 2]) for c in kinds[DATES] + kinds[CODES]]
    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads}")
    frame = rows.assign(unique_id=range(len(rows)))
    settings = SettingsCreator(link_type="dedupe_only", comparisons=comparisons,
                               blocking_rules_to_generate_predictions=[block_on(*block) for block in blocks])
    api = DuckDBAPI(connection)
    try:
        linker = Linker(api.register(frame), settings)
    except AttributeError:
        linker = Linker(frame, settings, db_api=api)
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on(*block) for block in blocks[:2]], recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=1e6)
    for block in (blocks[0], blocks[-1]):
        training.estimate_parameters_using_expectation_maximisation(block_on(*block))
    predictions = linker.inference.predict(threshold_match_probability=0.5)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, 0.95).as_pandas_dataframe()
    return clusters.sort_values("unique_id")["cluster_id"].tolist()


def recordlinkage(rows, kinds, blocks, truth, threads):
    import recordlinkage as toolkit
    index = toolkit.Index()
    for block in blocks:
        index.block(block)
    compare = toolkit.Compare(n_jobs=threads)
    for column in kinds[NAMES] + kinds[TEXTS]:
        compare.string(column, column, method="jarowinkler", threshold=0.88, label=column)
    for column in kinds[DATES] + kinds[CODES]:
        compare.string(column, column, method="damerau_levenshtein", threshold=0.8, label=column)
    features = compare.compute(index.index(rows), rows)
    matches = toolkit.ECMClassifier().fit_predict(features)
    return components(len(rows), matches.tolist())


def dedupe(rows, kinds, blocks, truth, threads):
    import random
    import dedupe as package
    random.seed(1)
    # Short strings: the others are blocked by an index over all texts, which takes long.
    fields = [package.variables.ShortString(c, has_missing=True) for columns in kinds.values() for c in columns]
    data = {i: {f.field: row[f.field] for f in fields} for i, row in enumerate(rows.to_dict("records"))}
    deduper = package.Dedupe(fields, num_cores=threads)
    deduper.prepare_training(data, sample_size=1500)
    row_of = {id(record): i for i, record in data.items()}
    same_cells = {}
    for i, record in data.items():
        same_cells.setdefault(tuple(sorted(record.items(), key=str)), i)
    for _ in range(40):
        for pair in deduper.uncertain_pairs():
            a, b = (row_of.get(id(r), same_cells.get(tuple(sorted(r.items(), key=str)))) for r in pair)
            same = a is not None and b is not None and truth[a] == truth[b]
            deduper.mark_pairs({"match": [pair] if same else [], "distinct": [] if same else [pair]})
    deduper.train()
    groups = list(range(len(rows)))
    for members, _ in deduper.partition(data, 0.5):
        for member in members:
            groups[member] = min(members)
    return groups


def main():
    tool, name, base, out, threads = sys.argv[1:]
    try:
        __import__(tool)
        rows, kinds, blocks = read(base, name)
    except ImportError:
        sys.exit(3)
    truth = open(base + ".truth").read().split("\n")
    groups = globals()[tool](rows, kinds, blocks, truth, int(threads))
    with open(out, "w") as file:
        file.writelines(f"{group}\n" for group in groups)


if __name__ == "__main__":
    main()
