"""The command that draws the content of one image in the style of another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kerazoo._files import check_new_file, replacing_file
from kerazoo.cli._arguments import Force, number
from kerazoo.cli._console import quietly, say
from kerazoo.errors import KerazooError

if TYPE_CHECKING:
    from kerazoo.tasks.generation.style import Stylized


def stylize(
    content: Annotated[
        Path, typer.Argument(metavar="CONTENT", help="The image that is drawn anew.")
    ],
    style: Annotated[Path, typer.Argument(metavar="STYLE", help="The image in whose style.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The .png to write.")] = Path(
        "stylized.png"
    ),
    weights: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="imagenet downloads them (59 MB); or an .h5 file in the layout of "
            "keras.applications without top.",
        ),
    ] = "imagenet",
    backbone: Annotated[
        Literal["vgg16", "vgg19"], typer.Option(help="The network that looks at the images.")
    ] = "vgg16",
    size: Annotated[
        int,
        typer.Option(
            parser=number(),
            metavar="N",
            help="Pixels of the longer side; time grows with its square.",
        ),
    ] = 256,
    strength: Annotated[
        float, typer.Option(metavar="X", help="Weight of the style beside the content.")
    ] = 10.0,
    steps: Annotated[
        int, typer.Option(parser=number(), metavar="N", help="How often the pixels are changed.")
    ] = 200,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only what was written.")] = False,
    force: Force = False,
) -> None:
    """Draw the content of one image in the style of another, with a pretrained VGG."""
    check_new_file(out, (".png",), "--out", force=force)

    def work() -> Stylized:
        from kerazoo.tasks.generation.style import transfer_style

        return transfer_style(
            content,
            style,
            backbone=backbone,
            weights=weights,
            size=size,
            strength=strength,
            steps=steps,
            verbose=0 if quiet else 1,
        )

    done = quietly(work)
    if not quiet:
        print(done)
        say("0 is all of it; a style of 1 is none.")
    try:
        with replacing_file(out) as part:
            from PIL import Image

            Image.fromarray(done.image).save(part, format="PNG")
    except OSError as error:
        raise KerazooError(
            f"{out} cannot be written: {error.strerror or error}. Choose another --out."
        ) from error
    print(f"wrote {out}")
