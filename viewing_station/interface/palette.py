"""The house's colours, and a set without any for terminals that have sixteen or want none."""

from textual.theme import Theme

LIGHT, DARK, PLAIN = "vasistas-light", "vasistas-dark", "vasistas-plain"

# A state is told by its word and its shape as well: none of these carries a meaning alone.
NAME = "bold"
FAINT = "$quiet"
STRONG = "bold $link"
GOOD = "$fine"
BAD = "bold $alarm"
MARK = "$amber"


def _theme(name: str, *, dark: bool, **colours: str) -> Theme:
    paper, ink, line, link, row = (
        colours[each] for each in ("paper", "ink", "line", "link", "row")
    )
    return Theme(
        name=name,
        primary=link,
        secondary=link,
        warning=link,
        error=colours["alarm"],
        success=colours["fine"],
        accent=colours["amber"],
        foreground=ink,
        background=paper,
        surface=paper,
        panel=paper,
        boost=paper,
        dark=dark,
        variables={
            **{each: colours[each] for each in ("quiet", "line", "link", "amber", "row")},
            "alarm": colours["alarm"],
            "fine": colours["fine"],
            "ansi-background": paper,
            "ansi-foreground": ink,
            "text": ink,
            "text-muted": colours["quiet"],
            "block-cursor-foreground": ink,
            "block-cursor-background": row,
            "block-cursor-text-style": "none",
            "block-cursor-blurred-foreground": ink,
            "block-cursor-blurred-background": row,
            "border": link,
            "border-blurred": line,
            "scrollbar": line,
            "scrollbar-hover": colours["quiet"],
            "scrollbar-active": link,
            "scrollbar-background": paper,
            "scrollbar-background-hover": paper,
            "scrollbar-background-active": paper,
            "scrollbar-corner-color": paper,
            "input-cursor-background": link,
            "input-cursor-foreground": paper,
            "input-selection-background": row,
            "screen-selection-background": row,
            "screen-selection-foreground": ink,
        },
    )


THEMES = (
    _theme(
        LIGHT,
        dark=False,
        paper="#fbf8f1",
        ink="#16202e",
        quiet="#4a5566",
        line="#d9d2c3",
        amber="#f0a23a",
        link="#7a4200",
        alarm="#a3201d",
        fine="#17563a",
        row="#f5e3c4",
    ),
    _theme(
        DARK,
        dark=True,
        paper="#10161f",
        ink="#ece6d8",
        quiet="#a9b0bb",
        line="#2b3442",
        amber="#f0a23a",
        link="#f3b766",
        alarm="#ff9d94",
        fine="#8fd3b0",
        row="#34291a",
    ),
    Theme(
        name=PLAIN,
        ansi=True,
        primary="ansi_default",
        secondary="ansi_default",
        warning="ansi_default",
        error="ansi_red",
        success="ansi_green",
        accent="ansi_yellow",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables={
            "quiet": "ansi_default",
            "line": "ansi_bright_black",
            "link": "ansi_default",
            "amber": "ansi_yellow",
            "row": "ansi_default",
            "alarm": "ansi_red",
            "fine": "ansi_green",
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
            "block-cursor-foreground": "ansi_default",
            "block-cursor-background": "ansi_default",
            "block-cursor-text-style": "reverse",
            "block-cursor-blurred-foreground": "ansi_default",
            "block-cursor-blurred-background": "ansi_default",
            "block-cursor-blurred-text-style": "underline",
            "border": "ansi_default",
            "border-blurred": "ansi_bright_black",
            "scrollbar": "ansi_white",
            "scrollbar-hover": "ansi_white",
            "scrollbar-active": "ansi_white",
            "scrollbar-background": "ansi_default",
            "input-selection-background": "ansi_default",
        },
    ),
)
