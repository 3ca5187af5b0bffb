"""Writes a courier's frames as pictures, to be shown on the station's screen."""

import io
from contextlib import AbstractContextManager, closing
from functools import partial
from pathlib import Path
from typing import BinaryIO

from formats.qr_frames import Frame
from viewing_station.errors import OldPicturesError
from viewing_station.fresh_files import FreshFolder, fresh_folder
from viewing_station.progress import meter
from viewing_station.qr_codes import LARGEST, frames_for, picture


def write_pictures(content: bytes, folder: Path) -> list[str]:
    """Write one picture a frame into a new or empty `folder`; return their names, in order.

    Raises NoQrError, OldPicturesError (frames of an earlier courier would be photographed with
    these), OSError.
    """
    frames = frames_for(content, LARGEST)
    if folder.is_dir() and any(folder.iterdir()):
        raise OldPicturesError(folder=folder)
    total = sum(len(frame.piece) for frame in frames)
    with meter("Drawing", total) as progress, fresh_folder(folder, _unmeasured) as pictures:
        names = []
        for frame in frames:
            names.append(_write(pictures, frame))
            progress.advance(len(frame.piece))
    return names


def _write(pictures: FreshFolder, frame: Frame) -> str:
    name = f"frame-{frame.number:02d}-of-{frame.total:02d}.png"
    pictures.write(name, partial(_opened, picture(frame, LARGEST)))
    return name


def _opened(content: bytes) -> AbstractContextManager[BinaryIO]:
    return closing(io.BytesIO(content))


def _unmeasured(_size: int) -> None:
    """Drawing takes the time, not writing."""
