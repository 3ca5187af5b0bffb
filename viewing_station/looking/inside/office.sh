# Runs inside the sandbox: has LibreOffice make a PDF of a document, and prints it.
#
#     sh -c SCRIPT sh NAME FILTER...
#
# With a profile of its own, in which nothing that a document brings is ever run or fetched. Where
# it fails, 86 says that it is for want of a password.
document=$1
shift
mkdir -p profile/user && mv settings profile/user/registrymodifications.xcu
soffice --headless --norestore --nolockcheck --nodefault --nologo \
    -env:UserInstallation=file:///work/profile "$@" --convert-to pdf --outdir out "$document" >&2
if [ ! -s out/document.pdf ]; then
    # [MS-OFFCRYPTO] 2.3.4.4: the whole package is a stream of this name; ODF 1.3-2, 3.4.
    LC_ALL=C grep -qaP 'E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k' "$document" && exit 86
    bsdtar -xOf "$document" META-INF/manifest.xml 2>/dev/null | grep -q encryption-data && exit 86
    exit 1
fi
exec cat out/document.pdf
