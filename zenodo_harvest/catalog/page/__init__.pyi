from .page import PagePart as PagePart
from .page import page_part as page_part
from .page import page_pieces as page_pieces
from .page import render_page as render_page
from .plot import Series as Series
from .plot import plot_svg as plot_svg
from .tally import Use as Use
from .use_point import UsePoint as UsePoint
