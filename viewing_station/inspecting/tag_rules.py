"""What a tag means for its author, in plain words. A tag that no rule knows is told as it is.

The other way round, telling only what a list knows, would call a file clean that says something
new. So what may be left out is listed instead, in `structure.py`.
"""

import re
from dataclasses import dataclass

from viewing_station.inspecting.finding import Weight

NAMES, POINTS, HINTS = Weight.NAMES, Weight.POINTS, Weight.HINTS


@dataclass(frozen=True)
class Rule:
    """What tags of these names say. `free`: someone typed it, so it is searched for traces."""

    names: re.Pattern[str]
    weight: Weight
    sentence: str
    free: bool = False


def _rule(names: str, weight: Weight, sentence: str, *, free: bool = False) -> Rule:
    return Rule(re.compile(names, re.IGNORECASE), weight, sentence + ": {value}", free=free)


# Matched whole, against `Group:Name` first and then against `Name`; the first that fits counts.
RULES = (
    _rule(r"(PDF|PostScript|XMP-xmp|HTML.*|RTF|XML):Creator", HINTS, "It was made with", free=True),
    _rule(r"Composite:GPSPosition", POINTS, "It says where it was taken"),
    _rule(
        r"(.*GPS.*|LocationInformation|Location|City|Sub-?location|Province-?State|State"
        r"|Country.*|Landmark|LocationCreated.*|LocationShown.*|ContentLocation.*|Where|Region.*"
        r"|SphericalVideo.*|Geo.*)",
        POINTS,
        "It says something of the place",
        free=True,
    ),
    _rule(
        r"(.*LastModifiedBy|LastSavedBy|LastAuthor|LastPrintedBy|PrintedBy|ModifiedBy|Editor)",
        NAMES,
        "It names who last changed it",
        free=True,
    ),
    _rule(
        r"(Author|Authors|Creator|InitialCreator|Artist|By-?line|XPAuthor|Writer-?Editor|Writer"
        r"|Photographer|AuthorsPosition|CreatorContact.*|Creator(Work|Address|City|Postal).*"
        r"|Contributor|Personality|AlbumArtist|Performer|Composer|Director|Producer:Name)",
        NAMES,
        "It names its author",
        free=True,
    ),
    _rule(
        r"(.*Owner.*|UserName|User|Manager|Company|Contact|Publisher|Credit|Source|Copyright.*"
        r"|Rights|.*EncodedBy|RecordedBy|Technician|Engineer|PersonInImage|Organi[sz]ation"
        r"|CaptionWriter|Reviewer.*|Caption-?Writer|Email.*|ArchivalLocation|Commissioned)",
        NAMES,
        "It names a person or an organisation",
        free=True,
    ),
    _rule(
        r"(HostComputer|ComputerName|Workstation|Machine.*|Hostname|PrinterName)",
        NAMES,
        "It names the machine it was made on",
        free=True,
    ),
    _rule(r"Lens(Serial.*|ID\d*Serial)", NAMES, "It carries the serial number of the lens"),
    _rule(
        r".*(SerialNumber|SerialNo|Serial|DeviceID|CameraID|BodyID|UDID|IMEI|MACAddress).*",
        NAMES,
        "It carries the serial number of the camera",
    ),
    _rule(
        r"(ImageUniqueID|UniqueCameraID|.*UniqueID|ContentIdentifier|MediaGroupUUID|.*UUID|.*GUID"
        r"|(Original)?DocumentID|InstanceID|.*(Document|Instance)ID|DocumentAncestors|DerivedFrom.*"
        r"|Manifest.*|Ingredients.*|Pantry.*|RunID|ProfileID|CurrentIPTCDigest|IPTCDigest"
        r"|LegacyIPTCDigest)",
        POINTS,
        "An identifier ties it to other copies and versions of the same file",
    ),
    _rule(
        r"(History.*|RevisionNumber|TotalEditTime|VersionsModif.*|Versions.*|EditingCycles"
        r"|EditingDuration|RevisionsDifferent|LastPrinted|TimesPrinted)",
        POINTS,
        "It keeps the history of its changes",
        free=True,
    ),
    _rule(
        r"(Make|.*Model.*|.*DeviceName|Device|LensModel|LensMake|LensInfo|Lens|LensType.*|LensID"
        r"|.*Manufacturer.*|AndroidModel|AndroidManufacturer|.*Camera.*Type|UniqueCameraModel)",
        POINTS,
        "It says what device it was made with",
    ),
    _rule(
        r"(DateTimeOriginal|CreateDate|.*TimeStamp|SubSec.*|.*DateTime.*|Date.*Created"
        r"|Time.*Created|Digital.*Date|MediaCreateDate|TrackCreateDate|CreationDate|CreationTime"
        r"|.*CreateDate|.*OffsetTime.*|TimeZone.*|DaylightSavings)",
        POINTS,
        "It says when it was made",
    ),
    _rule(r"(.*Date.*|Year|Time)", HINTS, "It carries a date"),
    _rule(
        r".*(ThumbnailImage|PreviewImage|JpgFromRaw|PhotoshopThumbnail|ThumbnailTIFF|OtherImage"
        r"|PreviewPICT|CoverArt|MPImage\d*|PreviewPNG|Picture|EmbeddedVideo.*).*",
        POINTS,
        "It keeps another picture inside, which may show what was cut away or changed",
    ),
    _rule(
        r"(Comments?|UserComment|XPComment|Description|ImageDescription|Caption.*|XPSubject"
        r"|XPKeywords|XPTitle|.*Comment.*|Notes?|Instructions|SpecialInstructions|Headline"
        r"|Label|Subject|Keywords|Title|.*Title|ObjectName|Lyrics|Synopsis|LongDescription"
        r"|Abstract|Category|Categories|Tags?|TagsList|Album|DocumentName|PageName|.*FileName"
        r"|Template|HyperlinkBase|Hyperlinks|LinksUpToDate|.*Path|.*Url|.*URI)",
        HINTS,
        "A text that someone or a program gave it says",
        free=True,
    ),
    _rule(
        r"(Software|.*Producer|.*CreatorTool|.*Application.*|Generator|Encoder|.*Encoder"
        r"|Encod(ing|er)(Settings|Tool|Params.*|Library)|WritingApp|MuxingApp|Vendor|HandlerVendorID"
        r"|HandlerDescription|CompressorName|ProcessingSoftware|AppVersion|XMPToolkit|Toolkit"
        r"|.*Firmware.*|AndroidVersion|.*Software.*|Tool|WriterName|ReaderName|.*Version)",
        HINTS,
        "It was made with",
        free=True,
    ),
    _rule(r"(.*Language.*)", HINTS, "It says what language the program was set to"),
)


def rule_for(group: str, name: str) -> Rule | None:
    """Return the rule for a tag, or None where none knows it."""
    for rule in RULES:
        if rule.names.fullmatch(f"{group}:{name}") or rule.names.fullmatch(name):
            return rule
    return None
