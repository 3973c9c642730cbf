"""What is asked, checked and made into what is sent: pure, nothing here talks to a server."""

from zenodo_harvest.query.compile import BATCH_REFS as BATCH_REFS
from zenodo_harvest.query.compile import Query as Query
from zenodo_harvest.query.compile import compile_search as compile_search
from zenodo_harvest.query.compile import recid_query as recid_query
from zenodo_harvest.query.dates import Moment as Moment
from zenodo_harvest.query.dates import read_range as read_range
from zenodo_harvest.query.filters import FILTERS as FILTERS
from zenodo_harvest.query.filters import Options as Options
from zenodo_harvest.query.findings import Finding as Finding
from zenodo_harvest.query.findings import Level as Level
from zenodo_harvest.query.findings import Linted as Linted
from zenodo_harvest.query.lint import lint as lint
from zenodo_harvest.query.spec import Search as Search
from zenodo_harvest.query.windows import BEGINNING as BEGINNING
from zenodo_harvest.query.windows import Counted as Counted
from zenodo_harvest.query.windows import Window as Window
from zenodo_harvest.query.windows import deaf as deaf
from zenodo_harvest.query.windows import divide as divide
from zenodo_harvest.query.windows import joined as joined
from zenodo_harvest.query.windows import within as within
from zenodo_harvest.vocabularies.sorts import DEFAULT_SORT as DEFAULT_SORT
from zenodo_harvest.vocabularies.sorts import REFUSED_SORTS as REFUSED_SORTS
from zenodo_harvest.vocabularies.sorts import SORTS as SORTS
from zenodo_harvest.vocabularies.sorts import check_sort as check_sort
