"""Pictures that came instead of a PDF (JPEG, TIFF, JPEG 2000, PNG): wrapped into a PDF with their encoded bytes as they
are where a PDF can hold them, else with the same pixels; both are proved.

Meant for the limited child of `preservation.ocr`.
"""

import hashlib
from io import BytesIO
from typing import Any, cast

import img2pdf
import pikepdf
from PIL import Image, ImageSequence

from preservation.ocr_pages import Unfit
from preservation.ocr_pdfa import pixels_digest
from preservation.ocr_policy import Policy


def from_picture(data: bytes, policy: Policy) -> tuple[bytes, list[str]]:
    """A PDF with a page for each picture, and how each was proved: "bytes:" or "pixels:" and a sha256.

    Raises Unfit where it cannot be wrapped without loss, img2pdf's and Pillow's errors.
    """
    Image.MAX_IMAGE_PIXELS = None  # the policy's limit holds
    with Image.open(BytesIO(data)) as opened:
        for frame in ImageSequence.Iterator(opened):
            if frame.width * frame.height > policy.most_pixels:
                raise Unfit(f"{frame.width} x {frame.height} pixels")
    layout = img2pdf.get_layout_fun() if _has_resolution(data) else _assumed(policy.assumed_dpi)
    try:
        pdf = img2pdf.convert(data, rotation=img2pdf.Rotation.ifvalid, layout_fun=layout)
    except (
        img2pdf.AlphaChannelError,
        img2pdf.ImageOpenError,
        img2pdf.JpegColorspaceError,
        NotImplementedError,
    ) as error:
        raise Unfit(str(error)) from error
    return pdf, _proofs(data, pdf)


def _has_resolution(data: bytes) -> bool:
    with Image.open(BytesIO(data)) as opened:
        return bool(min(opened.info.get("dpi", (0, 0))) > 1)


def _assumed(dpi: int) -> Any:
    return img2pdf.get_fixed_dpi_layout_fun((dpi, dpi))


def _proofs(data: bytes, pdf: bytes) -> list[str]:
    with pikepdf.open(BytesIO(pdf)) as opened, Image.open(BytesIO(data)) as source:
        images = [next(iter(page.images.values())) for page in opened.pages]
        if len(images) == 1 and images[0].read_raw_bytes() == data:
            return [f"bytes:{hashlib.sha256(data).hexdigest()}"]
        proofs = []
        for image, frame in zip(images, ImageSequence.Iterator(source), strict=True):
            came = pixels_digest(frame)
            kept = pikepdf.PdfImage(cast(pikepdf.Stream, image)).as_pil_image()
            if pixels_digest(kept if kept.mode == frame.mode else kept.convert(frame.mode)) != came:
                raise Unfit("the picture cannot be kept as it is")
            proofs.append(f"pixels:{came}")
        return proofs
