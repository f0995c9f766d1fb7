"""What commands and the chat write: tables, Markdown, notices, JSON.

Each file is loaded when one of its names is first used, since some load rich and others don't.
"""

from typing import TYPE_CHECKING

from ... import lazy_names

if TYPE_CHECKING:
    from .config_table import settings_table
    from .console import Output, is_plain
    from .json_lines import json_lines_option, print_json
    from .markdown import Block, blocks_of
    from .notices import (
        call_line,
        failover_notice,
        is_own_text,
        missing_notice,
        needs_repair,
        styled_notice,
        welcome,
    )
    from .quota_lines import quota_sentences
    from .stats_plot import draw_plot
    from .stats_screen import show_statistics
    from .tables import page_width, plain_option, show
    from .task_json import task_record
    from .task_pages import LIST_WORDS, every_page
    from .task_table import tasks_table

__all__ = [
    "LIST_WORDS",
    "Block",
    "Output",
    "blocks_of",
    "call_line",
    "draw_plot",
    "every_page",
    "failover_notice",
    "is_own_text",
    "is_plain",
    "json_lines_option",
    "missing_notice",
    "needs_repair",
    "page_width",
    "plain_option",
    "print_json",
    "quota_sentences",
    "settings_table",
    "show",
    "show_statistics",
    "styled_notice",
    "task_record",
    "tasks_table",
    "welcome",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "config_table": ("settings_table",),
            "console": (
                "Output",
                "is_plain",
            ),
            "json_lines": (
                "json_lines_option",
                "print_json",
            ),
            "markdown": (
                "Block",
                "blocks_of",
            ),
            "notices": (
                "call_line",
                "failover_notice",
                "is_own_text",
                "missing_notice",
                "needs_repair",
                "styled_notice",
                "welcome",
            ),
            "quota_lines": ("quota_sentences",),
            "stats_plot": ("draw_plot",),
            "stats_screen": ("show_statistics",),
            "tables": (
                "page_width",
                "plain_option",
                "show",
            ),
            "task_json": ("task_record",),
            "task_pages": (
                "LIST_WORDS",
                "every_page",
            ),
            "task_table": ("tasks_table",),
        },
    )
