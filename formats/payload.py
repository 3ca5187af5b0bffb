"""The ZIP archive inside an envelope, which `unzip` and any other program can open.

Plain on purpose: entries stored, 1980 dates, mode 0600, UTF-8 names, and always ZIP64 local
headers and data descriptors. The last entry, `padding`, is zeros, and as many as make the
whole archive as large as its size class. One file writes archives, another reads them, and
the reader takes nothing that the writer does not write.
"""

from formats.member import Member
from formats.payload_reader import PayloadReader
from formats.payload_writer import PADDING_NAME, MemberWriter, PayloadWriter

__all__ = ["PADDING_NAME", "Member", "MemberWriter", "PayloadReader", "PayloadWriter"]
