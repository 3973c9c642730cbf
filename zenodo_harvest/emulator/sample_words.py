"""The words of the sample collection: communities, people, places, themes, odd cases; all invented."""

from __future__ import annotations

from dataclasses import dataclass

_LISTS = """
types
    dataset: Dataset
    software: Software
    software-computationalnotebook: Computational notebook
    publication-article: Journal article
    publication-report: Report
    publication-preprint: Preprint
    publication-conferencepaper: Conference paper
    publication-dissertation: Thesis
    publication-section: Book chapter
    publication-technicalnote: Technical note
    publication-datamanagementplan: Output management plan
    image-figure: Figure
    image-photo: Photo
    poster: Poster
    presentation: Presentation
    lesson: Lesson
    video: Video
    audio: Audio
licenses
    cc-by-4.0: Creative Commons Attribution 4.0 International
    cc-by-sa-4.0: Creative Commons Attribution Share Alike 4.0 International
    cc-by-nc-4.0: Creative Commons Attribution Non Commercial 4.0 International
    cc0-1.0: Creative Commons Zero v1.0 Universal
    mit: MIT License
    apache-2.0: Apache License 2.0
    gpl-3.0-or-later: GNU General Public License v3.0 or later
languages
    eng: English
    deu: German
    fra: French
    swe: Swedish
    ara: Arabic
    heb: Hebrew
    jpn: Japanese
    ell: Greek, Modern (1453-)
kinds
    Notebook: software-computationalnotebook
    Teaching: lesson
    Photographs: image-photo
    poster: poster
    Data management plan: publication-datamanagementplan
    a Python library: software
    A sound map: dataset
    a survey in: publication-article
people
    Aalto, Ilona: Institute for Mountain Weather
    Abadi, Karim: University of Nordhaven, Department of Geography
    Bergström, Nils: Centre for Open Climate Services
    Castellanos, Inés: Polytechnic of Porto Vento
    Dubois, Maëlle: Museum of Natural Sounds
    Eriksen, Tove: Lakeside Observatory
    Fontana, Lucia: Polytechnic of Porto Vento
    Grünwald, Jonas: Institute for Mountain Weather
    Haruki, Emi: Centre for Open Climate Services
    Ionescu, Radu: University of Nordhaven, Department of Geography
    Jónsdóttir, Sigrún: Lakeside Observatory
    Kowalczyk, Zofia: Museum of Natural Sounds
    Lefèvre, Bastien: Centre for Open Climate Services
    MacKenna, Orla: University of Nordhaven, Department of Geography
    Ndiaye, Awa: Institute for Mountain Weather
    O'Rourke, Declan: Lakeside Observatory
    Papadaki, Eleni: Polytechnic of Porto Vento
    Quispe, Tomás: Institute for Mountain Weather
    Raghavan, Meera: Centre for Open Climate Services
    Šimek, Pavel: Museum of Natural Sounds
    Takeda, Sota: Lakeside Observatory
    Unger, Clara: University of Nordhaven, Department of Geography
    van den Broek, Femke: Centre for Open Climate Services
    Wójcik, Marek: Polytechnic of Porto Vento
    Yildiz, Deniz: Institute for Mountain Weather
    Zhou, Lian: Museum of Natural Sounds
"""


def _read_lists() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line in _LISTS.splitlines():
        if line and not line.startswith(" "):
            current = found.setdefault(line, {})
        elif line:
            name, _, meaning = line.strip().partition(": ")
            current[name] = meaning
    return found


_READ = _read_lists()
TYPES, LICENSES, LANGUAGES = _READ["types"], _READ["licenses"], _READ["languages"]
KINDS_BY_TITLE, PEOPLE = _READ["kinds"], _READ["people"]

ORGANISATIONS = ("Climate Indices Working Group", "Northern Rivers Consortium", "Soundwalk Collective")
PLACES = (
    *("the Alps", "the Iberian Peninsula", "Scandinavia", "the Carpathian Basin", "the British Isles"),
    *("the Baltic states", "the Po Valley", "the Mediterranean coast", "Central Europe", "Iceland"),
)
CITIES = ("Nordhaven", "Porto Vento", "Sankt Elmar", "Villeneuve-sur-Brume", "Kallio", "Old Quay")
# funder, award number, award title
AWARDS = (
    ("Northern Lights Research Fund", "NLRF-017", "Winters in transition"),
    ("Foundation for Open Rivers", "FOR-2022-4", "Snow to stream"),
)
# slug, title, description, type
COMMUNITIES = (
    ("enes-data-space", "ENES Data Space", "Climate indices and model data, ready to analyse.", "project"),
    ("alpine-hydrology", "Alpine Hydrology Network", "Rivers and snow of mountain basins.", "organization"),
    ("open-field-notes", "Open Field Notes", "Specimens, sightings and the notebooks behind them.", "topic"),
    ("research-software-shelf", "The Research Software Shelf", "Small tools that got a release.", "topic"),
    ("city-soundscapes", "City Soundscapes", "Recordings and maps of what cities sound like.", "project"),
    ("cold-data-workshop", "Workshop on Cold Data", "Papers, posters and slides.", "event"),
)


@dataclass(frozen=True, slots=True)
class Theme:
    """What the records of one community are about; topics are ``name: what it is``."""

    community: str
    count: int
    topics: tuple[str, ...]
    titles: tuple[str, ...]
    kinds: tuple[str, ...]
    keywords: tuple[str, ...]
    files: tuple[str, ...]
    licenses: tuple[str, ...] = ("cc-by-4.0", "cc-by-4.0", "cc-by-4.0", "cc0-1.0", "cc-by-sa-4.0")


THEMES = (
    Theme(
        "enes-data-space",
        44,
        (
            "Frost days: days with a minimum temperature below 0 °C",
            "Frost days: days with a minimum temperature below 0 °C",
            "Late frost: days below 0 °C after the start of the growing season",
            "Ice days: days with a maximum temperature below 0 °C",
            "Summer days: days with a maximum temperature above 25 °C",
            "Tropical nights: nights that stay above 20 °C",
            "Growing season length: days between the first and the last warm spell of a year",
            "Heat wave duration: days in spells at least 5 °C warmer than normal",
            "Cold spell duration: days in spells below the 10th percentile",
            "Consecutive dry days: the longest run of days with less than 1 mm of rain",
            "Maximum one-day precipitation: the wettest day of each month",
            "Diurnal temperature range: the mean difference between day and night",
        ),
        (
            "{topic} index over {place}, {years}",
            "{topic} over {place} from daily CMIP6 output, {years}",
            "{topic} index for {place}: ensemble mean and spread, {years}",
            "Projected change of {topic_} in {place} under two scenarios, {years}",
            "Notebook: computing the {topic_} index for {place}",
        ),
        ("dataset", "dataset", "dataset", "publication-article", "publication-report", "image-figure"),
        ("climate index", "CMIP6", "temperature extremes", "precipitation", "daily data", "Python"),
        ("{slug}.nc", "{slug}.csv", "README.md", "{slug}.png"),
    ),
    Theme(
        "alpine-hydrology",
        34,
        (
            "Snow depth: daily readings of automatic stations",
            "Spring discharge: water levels and rating curves",
            "Glacier melt: stake readings and a simple melt model",
            "Groundwater temperature: loggers in thirty wells",
            "Soil moisture: probes at three depths",
            "River ice: first and last day of ice, and the frost before it",
        ),
        (
            "{topic} in {place}, {years}",
            "{topic} records of the Nordhaven network in {place}, {years}",
            "How {topic_} changed in {place} between {first} and {last}",
            "{topic}: a reproducible analysis for {place}",
        ),
        ("dataset", "dataset", "publication-article", "publication-dissertation", "poster", "dataset"),
        ("hydrology", "snow", "time series", "monitoring", "mountain basins"),
        ("{slug}.csv", "stations.geojson", "README.txt", "photo.jpg"),
    ),
    Theme(
        "open-field-notes",
        36,
        (
            "Night-flying moths: light-trap counts by species",
            "Bark beetles: trap catches and weather",
            "Alpine swifts: nest-box visits by camera",
            "Freshwater diatoms: slides and measurements",
            "Roadside orchids: flowering plants per transect",
            "Hedgehog sightings: reports from gardens",
        ),
        (
            "{topic} of {place}, {years}",
            "Field notebook: {topic_} in {place}, {last}",
            "{topic} and the late frost of {first}: a survey in {place}",
            "Photographs of {topic_} from {place}",
        ),
        ("dataset", "dataset", "publication-article", "publication-section", "lesson"),
        ("biodiversity", "field survey", "citizen science", "phenology", "monitoring"),
        ("observations.csv", "species list.txt", "IMG_{number}.jpg", "notes.md"),
    ),
    Theme(
        "research-software-shelf",
        34,
        (
            "gridwise: regridding without surprises",
            "frostline: thresholds and spells in daily series",
            "papertrail: provenance files beside every output",
            "rivertools: rating curves and baseflow",
            "loopback: a recorder for web services",
            "tablecheck: schema checks for tables",
        ),
        (
            "{topic}: {what}",
            "{topic} {version}",
            "{topic}, a Python library for {what}",
            "Teaching with {topic}",
        ),
        ("software", "software", "software", "software-computationalnotebook", "publication-technicalnote"),
        ("research software", "Python", "reproducibility", "command line"),
        ("{slug}-{version}.tar.gz", "CHANGELOG.md", "CITATION.cff"),
        ("mit", "apache-2.0", "gpl-3.0-or-later", "mit"),
    ),
    Theme(
        "city-soundscapes",
        30,
        (
            "Tram bells: recordings at twelve stops",
            "Market squares: an hour of sound on Saturdays",
            "Night buses: noise inside and outside",
            "Church bells: when they ring and how far they carry",
            "Harbour horns: signals in fog",
        ),
        (
            "{topic} of {city}, {last}",
            "{topic}: {city} before and after {first}",
            "A sound map of {city}: {topic_}",
            "Listening to {city}: {topic_} in winter",
        ),
        ("audio", "dataset", "video", "publication-conferencepaper", "presentation"),
        ("soundscape", "acoustics", "urban studies", "oral history"),
        ("take {number}.wav", "levels.csv", "map.geojson", "transcript.txt"),
        ("cc-by-nc-4.0", "cc-by-4.0", "cc-by-sa-4.0"),
    ),
    Theme(
        "cold-data-workshop",
        24,
        (
            "Cold storage: keeping rarely read data cheap and findable",
            "Missing winters: gaps in long records",
            "Metadata fatigue: what depositors leave empty",
            "Frost quakes: seismology by accident",
        ),
        (
            "{topic}: {what}",
            "{topic} (poster at the Workshop on Cold Data {last})",
            "{topic}: lessons from {place}",
        ),
        ("publication-conferencepaper", "presentation", "publication-preprint", "video"),
        ("research data", "workshop", "metadata", "archives"),
        ("paper.pdf", "slides.pdf", "poster.pdf"),
    ),
    Theme(
        "",
        30,
        (
            "Letters from the lighthouse: transcripts",
            "Bread prices: weekly lists from parish books",
            "Neighbourhood ovens: temperatures of shared kitchens",
            "Chess puzzles: positions with a single solution",
            "Pottery marks: drawings and dates",
        ),
        ("{topic}, {years}", "{topic} ({city})", "{topic}: {what}", "Data management plan: {topic_}, {city}"),
        ("dataset", "dataset", "publication-report", "image-figure", "publication-article"),
        ("history", "transcription", "open data"),
        ("data.csv", "codebook.pdf", "LICENSE"),
    ),
)
_LOGBOOK = (
    "A complete, corrected and annotated catalogue of every frost, hail, thaw and late snow that the "
    "keepers of the Nordhaven lighthouse wrote into their daily logbooks between the spring of 1871 and "
    "the autumn of 1938, with a concordance of place names, an index of ships, a note on the three "
    "thermometers in use, their known errors and their replacement, and a translation of the remarks"
)
# title, language, file name; one record each
ODD = (
    ('On the habits of <i>Turdus merula</i> in parks: a "quoted" & <b>bold</b> study', "eng", "table#2.csv"),
    (r"Smoothing $T_{\min}$ series in $\mathcal{O}(n \log n)$ at $p < 0.05$", "eng", "100%.txt"),
    ("أيام الصقيع في جبال الأطلس", "ara", "بيانات.csv"),
    ("יומן תצפיות ציפורים, חורף 2021", "heb", "what is this?.txt"),
    ("中部山岳における霜日数指数", "jpn", "霜日.csv"),
    ("🌡️ Heat stress diary of a tram line 🚋", "eng", "diary;final.csv"),
    ("=SUM(A1:A3) and other spreadsheet accidents", "eng", "=1+1.csv"),
    ("@home weather: +40 °C to -40 °C in one attic", "eng", "a&b=c.json"),
    ("Über die Größe früher Fröste in Österreich", "deu", "naïve_données.csv"),
    ("ΠΑΓΕΤΟΣ ΣΤΗ ΘΕΣΣΑΛΙΑ", "ell", "δεδομένα (2).csv"),
    ("Frost", "eng", "plots/winter 2021.png"),
    ("Untitled 10.1000/xyz(123)*? [draft] {v2} ~final~", "eng", "plus+plus.tar.gz"),
    (
        _LOGBOOK,
        "eng",
        "logbook_with_a_name_that_goes_on_and_on_because_nobody_stopped_the_typist_in_time.txt",
    ),
)
