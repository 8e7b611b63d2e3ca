"""What a hit rests on, as it is kept with an alert. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.model import Claim, Fact, RuleHit


def explain(hit: RuleHit, claims: Mapping[str, Claim], facts: Mapping[str, Fact]) -> dict[str, Any]:
    """A hit as JSON, with the compared claims and facts as they stand now."""
    return {
        "reason": hit.reason,
        "suggested": hit.suggested,
        "spans": [list(span) for span in hit.spans],
        "claims": [
            {
                "claim": match.claim,
                "claim_text": claims[match.claim].text if match.claim in claims else "",
                "clarification": (
                    claims[match.claim].clarification if match.claim in claims else ""
                ),
                "score": match.score,
                "same": match.same,
                "method": match.method,
                "doubt": match.doubt,
                "by": match.by,
                "span": list(match.span),
                "field": match.field,
            }
            for match in hit.claims
        ],
        "findings": [
            {
                "fact": finding.fact,
                "statement": facts[finding.fact].statement if finding.fact in facts else "",
                "source": facts[finding.fact].source if finding.fact in facts else "",
                "kind": finding.kind,
                "element": finding.element,
                "expected": finding.expected,
                "found": finding.found,
                "span": list(finding.span) if finding.span else None,
                "field": finding.field,
            }
            for finding in hit.findings
        ],
    }
