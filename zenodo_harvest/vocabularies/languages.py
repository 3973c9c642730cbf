"""Languages: the codes of two letters and the older ones of three, to the codes Zenodo uses."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from pathlib import Path

_TWO_LETTERS = dict(
    pair.split("=")
    for pair in (
        "aa=aar ab=abk af=afr ak=aka am=amh an=arg ar=ara as=asm av=ava ay=aym az=aze ba=bak be=bel bg=bul "
        "bi=bis bm=bam bn=ben bo=bod br=bre bs=bos ca=cat ce=che ch=cha co=cos cr=cre cs=ces cu=chu cv=chv "
        "cy=cym da=dan de=deu dv=div dz=dzo ee=ewe el=ell en=eng eo=epo es=spa et=est eu=eus fa=fas ff=ful "
        "fi=fin fj=fij fo=fao fr=fra fy=fry ga=gle gd=gla gl=glg gn=grn gu=guj gv=glv ha=hau he=heb hi=hin "
        "ho=hmo hr=hrv ht=hat hu=hun hy=hye hz=her ia=ina id=ind ie=ile ig=ibo ii=iii ik=ipk io=ido is=isl "
        "it=ita iu=iku ja=jpn jv=jav ka=kat kg=kon ki=kik kj=kua kk=kaz kl=kal km=khm kn=kan ko=kor kr=kau "
        "ks=kas ku=kur kv=kom kw=cor ky=kir la=lat lb=ltz lg=lug li=lim ln=lin lo=lao lt=lit lu=lub lv=lav "
        "mg=mlg mh=mah mi=mri mk=mkd ml=mal mn=mon mr=mar ms=msa mt=mlt my=mya na=nau nb=nob nd=nde ne=nep "
        "ng=ndo nl=nld nn=nno no=nor nr=nbl nv=nav ny=nya oc=oci oj=oji om=orm or=ori os=oss pa=pan pi=pli "
        "pl=pol ps=pus pt=por qu=que rm=roh rn=run ro=ron ru=rus rw=kin sa=san sc=srd sd=snd se=sme sg=sag "
        "si=sin sk=slk sl=slv sm=smo sn=sna so=som sq=sqi sr=srp ss=ssw st=sot su=sun sv=swe sw=swa ta=tam "
        "te=tel tg=tgk th=tha ti=tir tk=tuk tl=tgl tn=tsn to=ton tr=tur ts=tso tt=tat tw=twi ty=tah ug=uig "
        "uk=ukr ur=urd uz=uzb ve=ven vi=vie vo=vol wa=wln wo=wol xh=xho yi=yid yo=yor za=zha zh=zho zu=zul"
    ).split()
)
"""ISO 639-1 to ISO 639-3."""

_BIBLIOGRAPHIC = dict(
    pair.split("=")
    for pair in (
        "alb=sqi arm=hye baq=eus bur=mya chi=zho cze=ces dut=nld fre=fra geo=kat ger=deu gre=ell ice=isl "
        "mac=mkd mao=mri may=msa per=fas rum=ron slo=slk tib=bod wel=cym"
    ).split()
)
"""The codes of ISO 639-2/B that differ from ISO 639-3."""

_ENGLISH = {"english": "eng", "french": "fra", "german": "deu", "spanish": "spa", "italian": "ita"}
_ENGLISH |= {"portuguese": "por", "chinese": "zho", "japanese": "jpn", "russian": "rus", "dutch": "nld"}
_ENGLISH |= {"arabic": "ara", "catalan": "cat", "croatian": "hrv", "czech": "ces", "danish": "dan"}
_ENGLISH |= {"finnish": "fin", "greek": "ell", "hebrew": "heb", "hindi": "hin", "hungarian": "hun"}
_ENGLISH |= {"indonesian": "ind", "korean": "kor", "latin": "lat", "norwegian": "nor", "persian": "fas"}
_ENGLISH |= {"polish": "pol", "romanian": "ron", "serbian": "srp", "slovak": "slk", "slovenian": "slv"}
_ENGLISH |= {"swedish": "swe", "turkish": "tur", "ukrainian": "ukr", "vietnamese": "vie"}


def language_code(text: str) -> str | None:
    """Return the code of three letters that Zenodo uses for a language, or None if it cannot be told.

    Zenodo's ids are those of ISO 639-3, in lower case (zenodo-api.md §3.4, read 2026-08-20).
    """
    code = text.strip().lower()
    code = re.sub(r"^([a-z]{2})[-_][a-z]{2,4}$", r"\1", code)
    known = _TWO_LETTERS.get(code) or _BIBLIOGRAPHIC.get(code) or _ENGLISH.get(code)
    return known or (code if re.fullmatch(r"[a-z]{3}", code) else None)


def languages_like(text: str) -> list[str]:
    """Return the English names that look most like `text`, best first."""
    return get_close_matches(text.strip().lower(), _ENGLISH, 2, 0.7)


def is_language(code: str) -> bool:
    """Tell whether this is an id of Zenodo's languages: ISO 639-3, in lower case."""
    return code in _codes()


def two_letters(code: str) -> str | None:
    """Return the code of three letters for one of two letters in any case, as the deposit API does."""
    return _TWO_LETTERS.get(code.lower())


@cache
def _codes() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("languages.txt").read_text(encoding="utf-8").split())
