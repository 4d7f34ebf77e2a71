"""Vietnamese text: one normal form, folding, tone placement, and the encodings from before Unicode.

Old lists (Excel, FoxPro) come in TCVN3 (.VnTime fonts) or VNI; opened as Latin-1 they read "ViÖt Nam" or "Vieät Nam".
What encoding a text is in is judged by how many of its accented words are Vietnamese syllables when read that way.
"""

import functools
import re
import unicodedata
from typing import Final

TCVN3: Final = "TCVN3"
VNI: Final = "VNI"

_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"


def nfc(text: str) -> str:
    """The text in Unicode normal form C."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case without diacritics, đ as d: the form in which words typed without accents are compared."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def fold_words(text: str) -> str:
    """Folded, with everything that is not a letter or digit as one space: the key of headings and code words."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


# Old style puts the tone of open oa, oe, uy on the first vowel (hòa), new style on the second (hoà); after q the u is
# part of the consonant (quý) and stays.
_NEW_STYLE: Final = re.compile(
    rf"(?<![qQ])([oO])([aAeE])([{_TONES}])(?!\w)|(?<![qQ])([uU])([yY])([{_TONES}])(?!\w)"
)


def canonical_tones(text: str) -> str:
    """NFC with the tone of open oa, oe, uy on the first vowel: hoà, thuý, khoẻ become hòa, thúy, khỏe."""
    apart = unicodedata.normalize("NFD", text)

    def moved(m: re.Match[str]) -> str:
        first, second, tone = (g for g in m.groups() if g is not None)
        return first + tone + second

    return nfc(_NEW_STYLE.sub(moved, apart))


def _pairs(keys: str, values: str) -> dict[str, str]:
    return dict(zip(keys, values, strict=True))


_TCVN3_LOWER: Final = (
    _pairs("µ¶·¸¹", "àảãáạ") | _pairs("¨»¼½¾Æ", "ăằẳẵắặ") | _pairs("©ÇÈÉÊË", "âầẩẫấậ") | _pairs("®", "đ")
    | _pairs("ÌÎÏÐÑ", "èẻẽéẹ") | _pairs("ªÒÓÔÕÖ", "êềểễếệ") | _pairs("×ØÜÝÞ", "ìỉĩíị") | _pairs("ßáâãä", "òỏõóọ")
    | _pairs("«åæçèé", "ôồổỗốộ") | _pairs("¬êëìíî", "ơờởỡớợ") | _pairs("ïñòóô", "ùủũúụ")
    | _pairs("\u00adõö÷øù", "ưừửữứự") | _pairs("úûüýþ", "ỳỷỹýỵ")
)  # fmt: skip
_TCVN3: Final = str.maketrans(_TCVN3_LOWER | _pairs("¡¢£¤¥¦§", "ĂÂÊÔƠƯĐ"))

# VNI writes the vowel, then one sign that may carry circumflex, breve or tone; ơ and ư are single letters with the
# tone behind them, đ and the i with a tone single letters.
_VNI_SIGNS: Final = {
    "ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323", "â": "\u0302", "à": "\u0302\u0300",
    "á": "\u0302\u0301", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323", "ê": "\u0306",
    "è": "\u0306\u0300", "é": "\u0306\u0301", "ú": "\u0306\u0309", "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS: Final = {
    "ô": "ơ",
    "ö": "ư",
    "ñ": "đ",
    "í": "í",
    "ì": "ì",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
    "î": "ỵ",
}
_VNI_PAIR: Final = re.compile(
    "([aeiouyAEIOUYôöÔÖ])([" + "".join(_VNI_SIGNS) + "".join(_VNI_SIGNS).upper() + "])"
)


def from_tcvn3(text: str) -> str:
    """Text whose TCVN3 bytes were read as Latin-1, as NFC. Capitals of .VnTimeH fonts cannot be told."""
    return nfc(text.translate(_TCVN3))


def from_vni(text: str) -> str:
    """Text whose VNI bytes were read as Latin-1 (or Windows-1252), as Unicode NFC."""

    def letter(c: str) -> str:
        small = _VNI_LETTERS.get(c.lower(), c.lower())
        return small.upper() if c.isupper() else small

    def pair(m: re.Match[str]) -> str:
        return letter(m[1]) + _VNI_SIGNS[m[2].lower()]

    pieces = []
    end = 0
    for m in _VNI_PAIR.finditer(text):
        pieces += ["".join(map(letter, text[end : m.start()])), pair(m)]
        end = m.end()
    return nfc("".join(pieces) + "".join(map(letter, text[end:])))


# A syllable is an onset and a rime; the rime is tested without its tone.
_ONSET: Final = "ngh|ng|nh|gh|gi|kh|ch|ph|qu|th|tr|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x|"
_RIME: Final = (
    "a(?:|c|ch|i|m|n|ng|nh|o|p|t|u|y)|ă(?:c|m|n|ng|p|t)|â(?:c|m|n|ng|p|t|u|y)|e(?:|c|m|n|ng|o|p|t)"
    "|ê(?:|ch|m|n|nh|p|t|u)|i(?:|a|ch|m|n|nh|p|t|u|êc|êm|ên|êng|êp|êt|êu)|o(?:|c|i|m|n|ng|p|t|a|ac|ach|ai|an|ang"
    "|anh|ao|at|ay|ăc|ăm|ăn|ăng|ăt|e|en|eo|et|ong|ooc)|ô(?:|c|i|m|n|ng|p|t)|ơ(?:|i|m|n|p|t)|u(?:|a|c|i|m|n|ng|p|t"
    "|ân|âng|ât|ây|ê|êch|ênh|ô|ôc|ôi|ôm|ôn|ông|ôt|ơ|y|ych|ynh|yt|yu|ya|yên|yêt|yn)|ư(?:|a|c|i|m|n|ng|t|u|ơc|ơi|ơm|ơn"
    "|ơng|ơp|ơt|ơu)|y(?:|êm|ên|êng|êt|êu|t|nh)"
)
_SYLLABLE: Final = re.compile(f"(?:{_ONSET})(?:{_RIME})")


def is_syllable(word: str) -> bool:
    """Whether a word (NFC) is a Vietnamese syllable: known onset and rime, at most one tone."""
    apart = unicodedata.normalize("NFD", word.lower())
    toneless = nfc("".join(c for c in apart if c not in _TONES))
    return sum(c in _TONES for c in apart) <= 1 and _SYLLABLE.fullmatch(toneless) is not None


@functools.cache
def _plain_syllable() -> re.Pattern[str]:
    return re.compile(fold(f"(?:{_ONSET})(?:{_RIME})"))


def is_plain_syllable(word: str) -> bool:
    """Whether a word without marks is a syllable that lost them: "phuong", "duoc"."""
    return _plain_syllable().fullmatch(word.lower()) is not None


def vietnamese_share(text: str) -> float:
    """The share of words not in plain ASCII that are Vietnamese syllables, 0 to 1; 1 where there are none."""
    words = [w for w in re.findall(r"[^\W\d_]+", nfc(text)) if not w.isascii()]
    return sum(map(is_syllable, words)) / len(words) if words else 1.0


# Signs of Latin-1 that Unicode Vietnamese never uses, and that these two encodings use all the time.
_FOREIGN: Final = re.compile("[\u00a1-\u00bf\u00ad×÷ÄÅÆÇËÎÏÖØÛÜÞßäåæçëîïñöøûüþÿ]")


@functools.lru_cache(maxsize=65536)
def legacy_encoding(text: str) -> str | None:
    """`TCVN3` or `VNI` where the text is Vietnamese in that encoding, read as Latin-1; else None."""
    if not _FOREIGN.search(text):
        return None
    # TCVN3 has ư at the soft hyphen, which is no letter to a word pattern: ừ stands in for it.
    spaced = text.replace("\u00ad", "\u00f5")
    marks = {name: vietnamese_share(read(spaced)) for name, read in _READERS.items()}
    best = max(marks, key=lambda name: marks[name])
    return best if marks[best] >= 0.75 and marks[best] > vietnamese_share(text) else None


_READERS: Final = {TCVN3: from_tcvn3, VNI: from_vni}


@functools.lru_cache(maxsize=65536)
def from_legacy(text: str, encoding: str) -> str:
    """The text out of `TCVN3` or `VNI`, as Unicode NFC."""
    return _READERS[encoding](text)


_ALPHABET: Final = {
    letter: f"{at:02d}" for at, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=20)
}
_TONE_ORDER: Final = {"": 0, "\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def sort_key(text: str) -> str:
    """A key in the order of the Vietnamese alphabet: letters first (a ă â b … đ e ê), tones after all letters, numbers by
    their value, case and signs aside."""
    letters, tones = [], []
    for found in re.finditer(r"\d+|[^\W\d_]|(\s+)", unicodedata.normalize("NFC", text).lower()):
        piece = found[0]
        if piece.isspace():
            letters.append("00")
        elif piece[0].isdigit():
            digits = piece.lstrip("0") or "0"
            letters.append(f"1{min(len(digits), 9)}{digits}")
        else:
            apart = unicodedata.normalize("NFD", piece)
            tone = next((mark for mark in apart if mark in _TONES), "")
            letter = unicodedata.normalize("NFC", apart.replace(tone, "") if tone else apart)
            letters.append(_ALPHABET.get(letter, f"9{letter}"))
            tones.append(str(_TONE_ORDER[tone]))
    return f"{''.join(letters)} {''.join(tones)}"
