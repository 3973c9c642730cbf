"""Everyday pandas, one operation after the other: what `docs/pandas.md` lists and the tests run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from zenodo_harvest.records.record import File, Person, Record

FRAMES = ("to_pandas()", 'dtype_backend="pyarrow"', "pd.read_parquet")
DEFAULT, ARROW, PARQUET = FRAMES

ADA = Person(name="Moreau, Ada", orcid="0000-0001", affiliations=("Alpine Institute", "Snow Lab"))
NILS = Person(name="Berg, Nils")
RECORDS = (
    Record(
        id="1",
        title="Frost days",
        resource_type="dataset",
        version_label="1.0",
        created=datetime(2023, 3, 1, 10, tzinfo=UTC),
        publication_year=2023,
        publication_start=date(2023, 2, 27),
        creators=(ADA, NILS),
        keywords=("frost", "alps"),
        licenses=("CC-BY-4.0",),
        files=(File(key="days.nc", size_bytes=700), File(key="map.png", size_bytes=300)),
        total_bytes=1_000,
        views=10,
        downloads=4,
        is_latest=True,
    ),
    Record(
        id="2",
        title="Late frost index",
        resource_type="software",
        created=datetime(2024, 5, 2, tzinfo=UTC),
        publication_year=2024,
        publication_start=date(2024, 5, 2),
        creators=(ADA,),
        licenses=("MIT",),
        total_bytes=200,
        is_latest=True,
    ),
    Record(
        id="3",
        resource_type="publication-article",
        created=datetime(2024, 11, 3, tzinfo=UTC),
        publication_year=2024,
        publication_start=date(2024, 11, 1),
        embargo_until=date(2020, 1, 1),
        keywords=("city",),
        views=30,
        downloads=9,
    ),
    Record(
        id="4",
        title="Frost, again",
        resource_type="dataset",
        version_label="2.1",
        created=datetime(2025, 1, 5, tzinfo=UTC),
        publication_year=2025,
        publication_start=date(2025, 1, 5),
        embargo_until=date(2199, 1, 1),
        creators=(NILS,),
        keywords=("frost",),
        licenses=("CC-BY-4.0", "MIT"),
        total_bytes=5_000,
        views=20,
        downloads=4,
        is_latest=False,
    ),
)


@dataclass(frozen=True)
class Operation:
    """One line of code on a frame `df`.

    `seen` looks at what came `out`; `right` is what is then to be seen. `instead` has, for the frames on
    which `code` does not work, the line that does.
    """

    code: str
    right: Any
    seen: str = "out"
    instead: dict[str, str] = field(default_factory=dict)


IDS = "out.id"
WITHOUT_ZONE = (
    'df.assign(**df.select_dtypes("datetimetz").apply(lambda times: times.dt.tz_localize(None)))'
    '.to_excel("records.xlsx")'
)
WITHOUT_LISTS = 'df.select_dtypes(exclude="object").to_sql("records", sqlite3.connect("records.db"))'
OPERATIONS = (
    # dates
    Operation(
        'df[df.created > "2024-01-01"]',
        ["2", "3", "4"],
        IDS,
        instead={ARROW: 'df[df.created > pd.Timestamp("2024-01-01", tz="UTC")]'},
    ),
    Operation(
        'df[df.created.between("2024-01-01", "2024-12-31")]',
        ["2", "3"],
        IDS,
        instead={ARROW: "df[df.created.dt.year == 2024]"},
    ),
    Operation(
        'df[df.publication_start >= "2024-11-01"]',
        ["3", "4"],
        IDS,
        instead={ARROW: 'df[pd.to_datetime(df.publication_start) >= "2024-11-01"]'},
    ),
    Operation(
        'df[df.embargo_until > pd.Timestamp.now("UTC")]',
        ["4"],
        IDS,
        instead={ARROW: "df[pd.to_datetime(df.embargo_until) > pd.Timestamp.now()]"},
    ),
    Operation("df.created.dt.year", [2023, 2024, 2024, 2025]),
    Operation(
        'df.created.dt.to_period("Q")',
        ["2023Q1", "2024Q2", "2024Q4", "2025Q1"],
        "out.astype(str)",
        instead={ARROW: 'df.created.astype("datetime64[us, UTC]").dt.to_period("Q")'},
    ),
    Operation('df.created.dt.strftime("%d %b %Y")', "01 Mar 2023", "out[0]"),
    Operation(
        "(df.created - df.publication_start).dt.days",
        [2, 0, 2, 0],
        instead={ARROW: "(df.created.dt.tz_localize(None) - pd.to_datetime(df.publication_start)).dt.days"},
    ),
    Operation(
        'df.set_index("created").loc["2024"]',
        ["2", "3"],
        IDS,
        instead={ARROW: 'df.set_index(pd.DatetimeIndex(df.created)).loc["2024"]'},
    ),
    Operation('df.set_index("created").views.resample("YE").sum()', [10, 30, 20]),
    Operation("df.groupby(df.created.dt.year).views.sum()", {2023: 10, 2024: 30, 2025: 20}, "out.to_dict()"),
    # text
    Operation('df[df.title.str.contains("frost", case=False)]', ["1", "2", "4"], IDS),
    Operation("df.title.str.upper()", ["FROST DAYS", "LATE FROST INDEX", None, "FROST, AGAIN"]),
    Operation(
        'df.resource_type.str.split("-").str[0]',
        ["dataset", "software", "publication", "dataset"],
        instead={ARROW: 'df.resource_type.str.split("-").list[0]'},
    ),
    Operation('df.version_label.str.extract(r"^(?P<major>\\d+)").major', ["1", None, None, "2"]),
    # lists and structs
    Operation("df.keywords.str.len()", [2, 0, 1, 1], instead={ARROW: "df.keywords.list.len()"}),
    Operation(
        'df.keywords.str.join("; ")',
        ["frost; alps", "", "city", "frost"],
        instead={ARROW: 'df.keywords.map("; ".join)'},
    ),
    Operation(
        "df.licenses.str[0]",
        ["CC-BY-4.0", "MIT", None, "CC-BY-4.0"],
        instead={ARROW: "df.licenses.astype(object).str[0]"},
    ),
    Operation('df[df.keywords.map(lambda words: "frost" in words)]', ["1", "4"], IDS),
    Operation(
        'df.explode("keywords").keywords.value_counts()', {"frost": 2, "alps": 1, "city": 1}, "out.to_dict()"
    ),
    Operation(
        'df.explode("creators").creators.str["name"].value_counts()',
        {"Moreau, Ada": 2, "Berg, Nils": 2},
        "out.to_dict()",
        instead={ARROW: 'df.explode("creators").creators.struct.field("name").value_counts()'},
    ),
    Operation(
        'pd.json_normalize(df.explode("files").files.dropna().tolist())', ["days.nc", "map.png"], "out.key"
    ),
    # numbers
    Operation("df[(df.views > 10) & ~df.is_latest.fillna(False)]", ["3", "4"], IDS),
    Operation('df.query("views > 5 and downloads < 9")', ["1", "4"], IDS),
    Operation("df.describe()", 20, 'out.views["mean"]'),
    Operation('df.nlargest(2, "views")', ["3", "4"], IDS),
    Operation("pd.cut(df.views, [0, 15, 50])", [0, -1, 1, 1], "out.cat.codes"),
    Operation("df.views.fillna(0).astype(int)", [10, 0, 30, 20]),
    Operation('df[["views", "downloads"]].corr()', 0.87, "round(out.iloc[0, 1], 2)"),
    # groups and joins
    Operation('df.resource_type.value_counts()["dataset"]', 2),
    Operation(
        'df.groupby("resource_type").agg(records=("id", "size"), views=("views", "sum"))',
        [[2, 30], [1, 30], [1, 0]],
        "out.values.tolist()",
    ),
    Operation(
        'df.pivot_table(index="publication_year", columns="resource_type", values="views", aggfunc="sum")',
        20,
        'out.loc[2025, "dataset"]',
    ),
    Operation('df.merge(pd.DataFrame({"id": ["1", "4"], "grade": [7, 9]}), on="id")', [7, 9], "out.grade"),
    Operation('pd.concat([df, df]).drop_duplicates("id")', ["1", "2", "3", "4"], IDS),
    # out
    Operation(
        'df.to_json("records.json", orient="records", date_format="iso")',
        ["2023-03-01T10:00", ["frost", "alps"]],
        '(lambda row: [row["created"][:16], row["keywords"]])'
        '(json.loads(Path("records.json").read_text())[0])',
    ),
    Operation(
        "pd.read_parquet(io.BytesIO(df.to_parquet()))",
        [10, None, 30, 20],
        "out.views",
        instead={ARROW: "pq.read_table(io.BytesIO(df.to_parquet())).to_pandas(ignore_metadata=True)"},
    ),
    Operation(
        'df.to_excel("records.xlsx")',
        ["Frost days", "Late frost index", None, "Frost, again"],
        'pd.read_excel("records.xlsx").title',
        instead={
            DEFAULT: WITHOUT_ZONE,
            PARQUET: WITHOUT_ZONE,
            ARROW: 'df[["id", "title", "views"]].to_excel("records.xlsx")',
        },
    ),
    Operation(
        'df.to_sql("records", sqlite3.connect("records.db"))',
        [30, False],
        "(lambda got: [got.views.max(), got.map(type).eq(bytes).any().any()])"
        '(pd.read_sql("select * from records", sqlite3.connect("records.db")))',
        instead={
            DEFAULT: WITHOUT_LISTS,
            PARQUET: WITHOUT_LISTS,
            ARROW: 'df[["id", "title", "views"]].to_sql("records", sqlite3.connect("records.db"))',
        },
    ),
    Operation(
        'df.plot.scatter("views", "downloads")',
        [10, 20, 30],
        "sorted(x for x in out.collections[0].get_offsets()[:, 0] if x > 0)",
    ),
    Operation(
        'sns.histplot(df, x="created", hue="resource_type")',
        "created",
        "out.get_xlabel()",
        instead={
            ARROW: 'sns.histplot(df.astype({"created": "datetime64[us, UTC]"}), '
            'x="created", hue="resource_type")'
        },
    ),
)


PITFALLS = (
    Operation(
        "[row.id for row in df.itertuples() if row.views > 10]",
        ["3", "4"],
        instead=dict.fromkeys(
            FRAMES, '[row.id for row in df.dropna(subset="views").itertuples() if row.views > 10]'
        ),
    ),
    Operation(
        'np.where(df.views > 10, "many", "few")',
        ["few", "few", "many", "many"],
        "out.tolist()",
        instead=dict.fromkeys(FRAMES, 'np.where(df.views.fillna(0) > 10, "many", "few")'),
    ),
    Operation(
        "plt.bar(df.id, df.views)",
        [10, 30, 20],
        "[bar.get_height() for bar in out if bar.get_height() > 0]",
        instead=dict.fromkeys(FRAMES, "plt.bar(df.id, df.views.to_numpy(float, na_value=np.nan))"),
    ),
    Operation(
        "df.title.apply(len)",
        [10, 16, None, 12],
        instead=dict.fromkeys(FRAMES, "df.title.str.len()"),
    ),
    Operation(
        "df.fillna(0)", [10, 0, 30, 20], "out.views", instead=dict.fromkeys(FRAMES, 'df.fillna({"views": 0})')
    ),
    Operation(
        'df[df.created > pd.Timestamp("2024-01-01")]',
        ["2", "3", "4"],
        "out.id",
        instead=dict.fromkeys(FRAMES, 'df[df.created > pd.Timestamp("2024-01-01", tz="UTC")]'),
    ),
    Operation(
        "df.drop_duplicates()",
        4,
        "len(out)",
        instead=dict.fromkeys(FRAMES, 'df.drop_duplicates("id")'),
    ),
    Operation(
        "[row.id for row in df.itertuples() if row.keywords]",
        ["1", "3", "4"],
        instead={PARQUET: "[row.id for row in df.itertuples() if len(row.keywords)]"},
    ),
    Operation(
        '[who["name"] for people in df.creators for who in people if who["affiliations"]]',
        ["Moreau, Ada", "Moreau, Ada"],
        instead={
            PARQUET: '[who["name"] for people in df.creators for who in people if len(who["affiliations"])]'
        },
    ),
    Operation(
        "df.keywords.sum()",
        ["frost", "alps", "city", "frost"],
        instead=dict.fromkeys((ARROW, PARQUET), "df.keywords.explode().dropna().tolist()"),
    ),
)
"""What stumbles over missing values, time zones and lists."""


def markdown(operations: Sequence[Operation]) -> str:
    """Return operations as the page shows them: a table, and the lines for where they do not work."""
    lines = [f"| | {' | '.join(f'`{name}`' for name in FRAMES)} |", "|:--|:-:|:-:|:-:|"]
    for operation in operations:
        marks = " | ".join("no" if name in operation.instead else "yes" for name in FRAMES)
        lines.append(f"| `{operation.code}` | {marks} |")
    works = [sum(name not in operation.instead for operation in operations) for name in FRAMES]
    lines.append(f"| works | {' | '.join(f'{count} of {len(operations)}' for count in works)} |")
    lines += ["", "Where it says no:", "", "| Instead of | on | this works |", "|:--|:--|:--|"]
    for operation in operations:
        for line in dict.fromkeys(operation.instead.values()):
            where = [f"`{name}`" for name in FRAMES if operation.instead.get(name) == line]
            shown = "all" if len(where) == len(FRAMES) else ", ".join(where)
            lines.append(f"| `{operation.code}` | {shown} | `{line}` |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(OPERATIONS), markdown(PITFALLS), sep="\n")
