"""`chengqing contrast`: an official text against another version of it."""

from __future__ import annotations

from config.commands.options import AsJson, Config, Data, Lines, write_line


def contrast(config: Config = None, data: Data = None, json: AsJson = True) -> None:
    """What a mention changed in an official text: JSON lines in, a line each out."""
    from pipeline.claims.contrast import contrast as contrasted

    lines = Lines(id=str, official=str, mention=str)
    for value in lines:
        found = contrasted(value["official"], value["mention"])
        write_line(
            {
                "id": value["id"],
                "distorted": found.distorted,
                "score": found.score,
                "differences": [
                    {
                        "kind": difference.kind,
                        "official": list(difference.official),
                        "mention": list(difference.mention),
                    }
                    for difference in found.differences
                ],
            }
        )
    lines.close()
