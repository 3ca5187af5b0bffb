"""Tags that say how a file is built and nothing of who built it: the only ones not told.

Short on purpose. What stands here is what a plain copy made at the station has too.
"""

import re

from viewing_station.inspecting.tags import Tag

ALWAYS = re.compile(
    r"File:(FileType|FileTypeExtension|MIMEType|ExifByteOrder|MIMEEncoding|Newlines|LineCount"
    r"|WordCount|ByteOrderMark|ByteOrder|ImageWidth|ImageHeight|EncodingProcess|BitsPerSample"
    r"|ColorComponents|YCbCrSubSampling|ID3Size|BMPVersion|Planes|BitDepth|Compression"
    r"|ImageLength|PixelsPerMeter[XY]|NumColors|NumImportantColors|.*Mask|ColorSpace"
    r"|RenderingIntent|ColorsUsed)"
    r"|Composite:(?!GPS(Position)$).*"  # made of others, which are told themselves
    r"|JFIF:(JFIFVersion|ResolutionUnit|[XY]Resolution)"
    r"|(IFD\d|SubIFD\d*):(ImageWidth|ImageHeight|BitsPerSample|Compression|PhotometricInterpretation"
    r"|StripOffsets|SamplesPerPixel|RowsPerStrip|StripByteCounts|[XY]Resolution|ResolutionUnit"
    r"|PlanarConfiguration|FillOrder|Orientation|YCbCrPositioning|ExtraSamples|SampleFormat"
    r"|ColorMap|Predictor|SubfileType|PageNumber|YCbCrSubSampling|ReferenceBlackWhite"
    r"|JPEGTables|Thumbnail(Offset|Length))"
    r"|(ExifIFD|InteropIFD):(ExifVersion|ComponentsConfiguration|FlashpixVersion|ColorSpace"
    r"|ExifImage(Width|Height)|InteropIndex|InteropVersion)"
    r"|GPS:GPS(VersionID|MapDatum|LatitudeRef|LongitudeRef|AltitudeRef)"
    r"|PNG:(ImageWidth|ImageHeight|BitDepth|ColorType|Compression|Filter|Interlace|SRGBRendering"
    r"|Gamma|Palette|Transparency|BackgroundColor|SignificantBits|WhitePoint[XY]"
    r"|(Red|Green|Blue)[XY]|PixelUnits|PixelsPerUnit[XY])"
    r"|PNG-pHYs:(PixelsPerUnit[XY]|PixelUnits)"
    r"|GIF:(GIFVersion|ImageWidth|ImageHeight|HasColorMap|ColorResolutionDepth|BitsPerPixel"
    r"|BackgroundColor|AnimationIterations|FrameCount|Duration|TransparentColor)"
    r"|(RIFF|Track\d+):(WebP_Flags|ImageWidth|ImageHeight|VP8Version|HorizontalScale"
    r"|VerticalScale|AlphaIsUsed|Encoding|NumChannels|SampleRate|AvgBytesPerSec|BitsPerSample)"
    r"|PDF:(PDFVersion|Linearized|PageCount|PageMode|PageLayout|TaggedPDF|EmbeddedImage.*|HasXFA)"
    r"|ICC-(header|view|meas):.*(Version|Class|Space|Flags|Attributes|Intent|Illuminant|"
    r"Signature|CMMType|Platform|Backing|Flare|Geometry|Observer|Surround|IlluminantType)"
    r"|ICC_Profile:(Media(White|Black)Point|(Red|Green|Blue)(MatrixColumn|TRC)|GrayTRC"
    r"|ChromaticAdaptation|Luminance|Technology|AToB\d|BToA\d|Gamut)"
    r"|(QuickTime|Track\d+|Meta|ItemList):(MajorBrand|MinorVersion|CompatibleBrands"
    r"|MediaData(Size|Offset)?|Free|MovieHeaderVersion|TimeScale|Duration|Preferred(Rate|Volume)"
    r"|MatrixStructure|PreviewTime|PreviewDuration|PosterTime|Selection(Time|Duration)"
    r"|CurrentTime|NextTrackID|HandlerType|TrackHeaderVersion|TrackID|TrackDuration|TrackLayer"
    r"|TrackVolume|ImageWidth|ImageHeight|Unknown_(edts|esds|btrt|dOps|vpcC|av1C|hvcC|pasp|stps)"
    r"|MediaHeaderVersion|MediaTimeScale|MediaDuration|GraphicsMode|OpColor|CompressorID"
    r"|SourceImage(Width|Height)|[XY]Resolution|BitDepth|AVCConfiguration|PixelAspectRatio"
    r"|BufferSize|MaxBitrate|AverageBitrate|VideoFrameRate|SyncSampleTable"
    r"|CompositionTimeToSample|SampleToChunk|SampleSizes|ChunkOffset|Balance|Audio(Format"
    r"|Channels|BitsPerSample|SampleRate)|TimeToSampleTable|SampleGroupDescription|SampleToGroup"
    r"|ColorProfiles|ColorPrimaries|TransferCharacteristics|MatrixCoefficients"
    r"|VideoFullRangeFlag|CleanAperture|ChunkOffset64|IdependentAndDisposableSamples"
    r"|CompositionToDecodeTimelineMapping|MetaFormat|MetaType)"
    r"|(Matroska|Track\d+):(EBML.*|DocType.*|SeekID|SeekPosition|TimecodeScale|Duration|Cue.*"
    r"|Matroska_0x.*|TrackNumber|TrackLacing|CodecID|TrackType|VideoFrameRate|VideoScanType"
    r"|Audio.*|CodecPrivate|Display(Width|Height|Unit)|DefaultDuration|TrackDefault|TrackForced"
    r"|CodecDelay|SeekPreRoll|TrackUsed|MinCache|ColourRange|Colour.*|ChromaSiting.*|Void)"
    r"|MPEG:.*|FLAC:(Block|Frame)Size(Min|Max)|FLAC:(SampleRate|Channels|BitsPerSample"
    r"|TotalSamples|Padding|MD5Signature)"
    r"|Vorbis:(VorbisVersion|AudioChannels|SampleRate|NominalBitrate|MaximumBitrate"
    r"|MinimumBitrate)|Opus:(OpusVersion|AudioChannels|SampleRate|OutputGain)"
    r"|SVG:(Xmlns.*|SVGVersion|ImageWidth|ImageHeight|ViewBox)|XML:Xmlns.*"
    r"|APP14:(DCTEncodeVersion|APP14Flags[01]|ColorTransform)"
    r"|ZIP:(Zip(RequiredVersion|BitFlag|Compression|CRC|CompressedSize|UncompressedSize))"
    r"|HTML.*:(ContentType|HTTPEquiv.*|.*Viewport)"
)
# The date of nothing, a program that says its name without a version, and the names that ffmpeg
# gives to every track.
NEUTRAL = {
    "": re.compile(r"|0|und|0000:00:00 00:00:00|.*1970:01:01 00:00:00.*|1904:01:01 00:00:00"),
    "HandlerDescription": re.compile(r"(Video|Sound)Handler"),
    "HandlerVendorID": re.compile("Apple"),  # exiftool's word for `appl`, ffmpeg's too
    "Vendor": re.compile("ffmpeg|Lavf"),
    "CompressorName": re.compile(r"Lavc [\w-]+"),
    "Encoder": re.compile(r"Lavf|Lavc [\w-]+"),
    "MuxingApp": re.compile("Lavf"),
    "WritingApp": re.compile("Lavf"),
    "TrackUID": re.compile(r"[\0-\x1f]*"),
    "TagTrackUID": re.compile(r"[\0-\x1f]*"),
}


def says_nothing(tag: Tag) -> bool:
    """Whether a tag stands in files of anybody's making."""
    if ALWAYS.fullmatch(tag.where) or NEUTRAL[""].fullmatch(tag.value):
        return True
    neutral = NEUTRAL.get(tag.name)
    return bool(neutral and neutral.fullmatch(tag.value))
