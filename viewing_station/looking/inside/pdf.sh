# Runs inside the sandbox: prints how many pages a PDF has, then its first LIMIT ones as pixels.
#
#     sh -c SCRIPT sh LIMIT DOTS SIDE
#
# DOTS to the inch, but no side longer than SIDE pixels, whatever size a page says it has. Pages of
# one size that follow each other are drawn at once.
pdfinfo -f 1 -l "$1" document.pdf > told || exit
awk '/^Pages:/ { print $2 }' told
awk -v dots="$2" -v side="$3" '
    /^Page +[0-9]+ size:/ {
        long = ($4 > $6 ? $4 : $6) * dots / 72
        long = long > side ? side : long < 1 ? 1 : int(long + 0.5)
        if (long != last) { if (first) print first, $2 - 1, last; first = $2; last = long }
        end = $2
    }
    END { if (first) print first, end, last }' told |
while read -r first end long; do
    pdftoppm -f "$first" -l "$end" -scale-to "$long" document.pdf || exit
done
