"""What sources write to the station of the pictures: made up, in the tone of those who write."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """A message, so many days old, and the names and sizes of its documents."""

    days_ago: int
    message: str
    files: tuple[tuple[str, int], ...] = ()


# Newest thread first.
LETTERS: tuple[tuple[Letter, ...], ...] = (
    (
        Letter(
            0,
            "Bonjour. Le test de reconnaissance faciale à l’entrée du stade a bien eu lieu, malgré "
            "ce qui a été dit au conseil. Le compte rendu de la réunion de lancement est joint.",
            (("CR réunion de lancement.odt", 48_200),),
        ),
    ),
    (
        Letter(
            9,
            "Je travaille au service des marchés. Le cahier des charges du lot 2 (analyse "
            "d’images, 240 caméras) a été relu par le futur titulaire avant sa publication. "
            "Vous verrez ses corrections dans le suivi des modifications.",
            (("CCTP lot 2 – suivi.docx", 412_000), ("échanges mars.pdf", 1_240_000)),
        ),
        Letter(
            1,
            "Voici l’annexe financière que vous demandiez. La troisième feuille est masquée ; "
            "c’est là que se trouvent les remises.\n\nJe ne pourrai pas revenir avant une "
            "quinzaine de jours.",
            (("annexe financière.xlsx", 88_400),),
        ),
    ),
    (
        Letter(
            2,
            "Les capteurs sonores de la rue de la République enregistrent en continu, et pas "
            "seulement « au-delà d’un seuil ». La fiche technique de l’installateur le dit.",
            (("fiche capteur.pdf", 730_000), ("photo mât 12.jpg", 2_310_000)),
        ),
    ),
    (
        Letter(
            5,
            "Deux drones survolent les manifestations depuis avril. L’arrêté est antidaté.",
            (("arrêté.pdf", 190_000),),
        ),
    ),
    (
        Letter(6, "Connaissez-vous déjà la convention avec l’école d’ingénieurs ?"),
        Letter(
            8, "Le logiciel de prédiction est essayé sur trois quartiers.", (("note.pdf", 99_000),)
        ),
    ),
    (
        Letter(
            12,
            "Le fournisseur garde les images trente jours, alors que le contrat dit sept.",
            (("contrat signé.pdf", 640_000),),
        ),
    ),
    (Letter(20, "Bonjour, est-ce que quelqu’un lit ces messages ?"),),
    (Letter(23, "A" * 40), Letter(22, "B" * 40), Letter(21, "C" * 40)),
)

# To which thread, and what.
REPLIES = (
    (
        1,
        (
            "Bien reçu, merci. Auriez-vous l’annexe financière du même lot ? Prenez le temps "
            "qu’il faut, et n’ouvrez rien de votre poste de travail."
        ),
    ),
    (4, "Oui, nous l’avons. Merci d’y avoir pensé."),
)
