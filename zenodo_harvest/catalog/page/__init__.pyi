from .page import render_page as render_page
from .use_point import UsePoint as UsePoint
