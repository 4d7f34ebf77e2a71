"""The one error base: an exception means that Kho could not do it.

What a *package* does wrong is never an exception but a `standards.findings.Finding`. The class attributes
`vi` and `en` are the message, a `str.format` template filled with the keyword arguments of the constructor;
each says what happened, to which object, and what to do next.
"""

from typing import Any, ClassVar


class KhoError(Exception):
    """Could not be done. Subclass it with texts of its own; never raise it bare.

    `code` is the stable name in JSON (`{"error": {"code", "vi", "en"}}`), `exit_code` the status of the command.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    vi: ClassVar[str] = "Không thực hiện được: {reason}"
    en: ClassVar[str] = "Could not be done: {reason}"

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.text("en"))

    def text(self, lang: str) -> str:
        """The message in `lang` ("vi" or "en")."""
        return (self.vi if lang == "vi" else self.en).format(**self.values)

    def as_json(self) -> dict[str, Any]:
        """The document that `--json` prints for this error."""
        return {"schema": 1, "error": {"code": self.code, "vi": self.text("vi"), "en": self.text("en")}}


class UsageError(KhoError):
    """The call's words are off; exit code 2."""

    code = "usage"
    exit_code = 2
    vi = "Gọi lệnh chưa đúng: {reason}"
    en = "The command was not called correctly: {reason}"


class PathNotFound(KhoError):
    """A path that was given does not exist."""

    code = "path-not-found"
    vi = "Không có đường dẫn {path}. Hãy kiểm tra lại tên thư mục hoặc tệp."
    en = "There is no such path: {path}. Check the name of the folder or file."


class ToolFailed(KhoError):
    """An external tool gave no usable answer (not installed, crashed, out of time or memory)."""

    code = "tool-failed"
    vi = "Công cụ {tool} không trả lời: {reason}"
    en = "The tool {tool} gave no answer: {reason}"
