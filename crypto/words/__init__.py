"""The word lists, as data: `fr.txt`, `en.txt`, and `LICENCES.txt` on where they come from."""
