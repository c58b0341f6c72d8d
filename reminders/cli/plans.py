"""`plan`: the plan as understood, for people, for programs, and in the form of config/plan.yaml."""

import argparse
import json
import sys
from datetime import date
from typing import Any

from reminders.cli.boards import Board, the_board
from reminders.cli.exits import NO_PLAN, OK, USAGE, Exit
from reminders.cli.plan_text import plan_lines, problem_lines
from reminders.cli.reading import ledger_beside, read_all
from reminders.core.plan import Action, Problem
from reminders.core.policy import Policy
from reminders.service import readings
from reminders.service.readings import Judgement
from reminders.sources import plan_yaml


def plan(args: argparse.Namespace) -> int:
    """Print the plan as it is understood, or accept a held reading."""
    board = the_board(args)
    if args.accept:
        return _accept(board, args.sha256)
    with ledger_beside(board) as ledger:
        reading = read_all(board, ledger)
    if reading.directory_trouble:
        raise Exit(NO_PLAN, reading.directory_trouble)
    judgement, policy = reading.judgement, reading.rules.policy
    if args.json:
        json.dump(_as_json(judgement, policy, board.today()), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    elif judgement.look.written is None:
        sys.stderr.write("\n".join(judgement.look.mistakes) + "\n")
    elif args.yaml:
        sys.stdout.write(plan_yaml.write(judgement.look.written))
    elif judgement.plan:
        lines = (*plan_lines(judgement.plan, policy, board.today()), "", *problem_lines(judgement.plan.problems))
        sys.stdout.write("\n".join(lines) + "\n")
    if judgement.why:
        sys.stderr.write(f"This reading is held: {judgement.why}. Accept it with: python3 run.py plan accept\n")
    return OK if _outcome(judgement) == "ok" else NO_PLAN


def _accept(board: Board, sha256: str | None) -> int:
    with ledger_beside(board) as ledger:
        accepted = readings.accept(ledger, sha256, board.now()) if ledger else None
    if accepted is None:
        raise Exit(USAGE, f"no reading {sha256} is held" if sha256 else "no reading of the plan is held")
    sys.stdout.write(f"Accepted {accepted.source} ({accepted.sha256[:12]}); it is used from the next tick on.\n")
    return OK


def _outcome(judgement: Judgement) -> str:
    if judgement.plan is None:
        return "refused"
    return "held" if judgement.why else "ok"


def _as_json(judgement: Judgement, policy: Policy, today: date) -> dict[str, Any]:
    plan = judgement.plan or judgement.good_plan
    look = judgement.look
    return {
        "source": look.source,
        "sha256": look.sha256,
        "title": plan.title if plan else None,
        "outcome": _outcome(judgement),
        "reason": judgement.why or "; ".join(look.mistakes) or None,
        "themes": [
            {"number": theme.number, "title": theme.title, "inferred": theme.inferred}
            for theme in (plan.themes if plan else ())
        ],
        "actions": [_action(action, policy, today) for action in (plan.actions if plan else ())],
        "problems": [_problem(problem) for problem in (plan.problems if plan else ())],
    }


def _action(action: Action, policy: Policy, today: date) -> dict[str, Any]:
    row, deadline = action.row, action.timeframe.deadline_on(today)
    return {
        "id": action.id,
        "ref": action.ref,
        "theme": action.theme.number,
        "theme_title": action.theme.title,
        "outcome": action.outcome,
        "outcome_from": action.outcome_from,
        "action": row.action,
        "leads": [{"name": lead.name, "kind": lead.kind} for lead in action.leads],
        "lead_cell": row.lead,
        "timeframe": row.timeframe,
        "deadline": deadline.isoformat() if deadline else None,
        "deadlines": _deadlines(action, deadline),
        "due_by": policy.due_by(deadline).isoformat() if deadline else None,
        "kind": action.timeframe.kind,
        "progress": row.progress,
        "blank": action.blank,
        "status": row.status,
        "complete": action.complete,
        "ask": action.ask,
        "where": row.where,
    }


def _deadlines(action: Action, deadline: date | None) -> list[str]:
    return [day.isoformat() for day in sorted({*action.timeframe.deadlines, *([deadline] if deadline else [])})]


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "ref": problem.ref,
        "where": problem.where,
        "message": problem.message,
        "level": problem.level,
    }
