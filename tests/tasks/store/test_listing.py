import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TaskRefusal
from app.tasks import Owner, TaskService
from app.tasks.fields import title_key
from app.tasks.store.search import folded, patterns
from tests.fakes.clock import FixedClock


def titles(service: TaskService, owner: Owner, **wanted: str) -> list[str]:
    return [task.title for task in service.find(owner, **wanted).tasks]  # type: ignore[arg-type]


@pytest.fixture
def filled(service: TaskService, ann: Owner) -> TaskService:
    service.add(ann, "Café rösten", due="2026-03-04", project="Küche", tags=["x"])
    service.add(ann, "Call Bob", due="2026-03-06 09:00", notes="about the CAFE", priority="high")
    service.add(ann, "Rent", due="2026-03-01", project="home")
    service.add(ann, "Holiday", due="2026-04-15", project="HOME", tags=["x"])
    service.add(ann, "Some day")
    return service


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"text": "cafe"}, {"Café rösten", "Call Bob"}),
        ({"text": "CAFÉ ros"}, {"Café rösten"}),
        ({"text": "ca"}, {"Café rösten", "Call Bob"}),
        ({"text": "afe"}, set()),
        ({"text": "ob"}, set()),
        ({"text": "%"}, None),
        ({"text": "c_fe"}, set()),
        ({"text": "cafe", "priority": "high"}, {"Call Bob"}),
        ({"project": "Home"}, {"Rent", "Holiday"}),
        ({"project": "none"}, {"Call Bob", "Some day"}),
        ({"project": "home", "tag": "#X"}, {"Holiday"}),
        ({"priority": "none", "text": "r"}, {"Café rösten", "Rent"}),
        ({"when": "overdue"}, {"Rent"}),
        ({"when": "today only"}, {"Café rösten"}),
        ({"when": "week"}, {"Café rösten", "Call Bob"}),
        ({"when": "this week"}, {"Café rösten", "Call Bob"}),
        ({"when": "upcoming"}, {"Call Bob", "Holiday"}),
        ({"when": "next month"}, {"Holiday"}),
        ({"when": "no_date"}, {"Some day"}),
        ({"when": "friday"}, {"Call Bob"}),
        ({"when": "2026-03-01..friday"}, {"Café rösten", "Rent", "Call Bob"}),
        ({"when": "..yesterday"}, {"Rent"}),
        ({"when": "2026-03-06.."}, {"Call Bob", "Holiday"}),
        ({"when": "all"}, {"Café rösten", "Rent", "Call Bob", "Holiday", "Some day"}),
    ],
)
def test_filters_combine(
    filled: TaskService, ann: Owner, wanted: dict[str, str], found: set[str] | None
) -> None:
    if found is None:
        with pytest.raises(TaskRefusal, match="one to 10 words"):
            titles(filled, ann, **wanted)
    else:
        assert set(titles(filled, ann, **wanted)) == found


def test_titles_are_in_the_same_order_in_every_database(service: TaskService, ann: Owner) -> None:
    given = ["b", "Ä", "a b", "_", "Z", "ab", "é", "a-c", "10", "9", "€", "😀", "\uffee"]
    for title in given:
        service.add(ann, title)
    assert titles(service, ann, sort="title") == sorted(given, key=title_key)


def test_search_passes_over_characters_that_no_task_holds(filled: TaskService, ann: Owner) -> None:
    assert set(titles(filled, ann, text="\0cafe \ud800")) == {"Café rösten", "Call Bob"}
    with pytest.raises(TaskRefusal, match="not understood"):
        filled.find(ann, text="\0")


@pytest.mark.parametrize(
    "wanted",
    [
        {"when": "soon"},
        {"when": "friday..monday.."},
        {"when": "tomorrow..today"},
        {"status": "gone"},
        {"status": "done", "when": "overdue"},
        {"status": "done", "when": "monday"},
        {"sort": "colour"},
        {"priority": "urgent"},
        {"tag": "two words"},
        {"project": "x" * 200},
        {"text": " ".join("abcdefghijkl")},
    ],
)
def test_filter_that_cannot_be_read_is_refused(
    memory_service: TaskService, ann: Owner, wanted: dict[str, str]
) -> None:
    with pytest.raises(TaskRefusal):
        titles(memory_service, ann, **wanted)


def test_done_tasks_are_asked_for_by_their_day_of_completion(
    filled: TaskService, ann: Owner, clock: FixedClock
) -> None:
    filled.complete(ann, [1])
    clock.move(days=5)  # Monday of the next week
    filled.complete(ann, [3])
    assert titles(filled, ann, status="done") == ["Rent", "Café rösten"]
    assert titles(filled, ann, status="done", when="last week") == ["Café rösten"]
    assert titles(filled, ann, status="done", when="today") == ["Rent"]
    assert titles(filled, ann, status="done", when="2026-03-04..2026-03-05") == ["Café rösten"]
    assert titles(filled, ann, status="done", when="week", text="rent") == ["Rent"]
    assert titles(filled, ann, status="done", when="yesterday") == []
    filled.delete(ann, [5])
    assert titles(filled, ann, status="deleted") == ["Some day"]
    assert titles(filled, ann, status="all", sort="title")[:2] == ["Café rösten", "Call Bob"]


def test_list_without_a_wish_has_the_most_urgent_first(filled: TaskService, ann: Owner) -> None:
    assert titles(filled, ann) == ["Call Bob", "Rent", "Café rösten", "Holiday", "Some day"]
    filled.update(ann, 4, blocked_by=[5])
    assert titles(filled, ann)[:3] == ["Call Bob", "Rent", "Café rösten"]
    assert titles(filled, ann)[3:] == ["Some day", "Holiday"]
    assert titles(filled, ann, sort="due")[0] == "Rent"
    assert titles(filled, ann, sort="priority")[0] == "Call Bob"
    assert titles(filled, ann, sort="created")[0] == "Café rösten"
    assert titles(filled, ann, sort=" URGENCY ") == titles(filled, ann)


def test_done_tasks_have_the_last_that_was_done_first(
    filled: TaskService, ann: Owner, clock: FixedClock
) -> None:
    for task_id in (2, 1, 4):
        filled.complete(ann, [task_id])
        clock.move(minutes=1)
    assert titles(filled, ann, status=" Done ") == ["Holiday", "Café rösten", "Call Bob"]


def test_repeating_task_is_in_a_list_of_what_was_done_with_how_often_and_when_last(
    service: TaskService, ann: Owner, clock: FixedClock
) -> None:
    service.add(ann, "Water plants", due="2026-03-01", repeat="daily")
    instants = []
    for _ in range(2):
        instants.append(clock.now())
        service.complete(ann, [1])
        clock.move(hours=1)
    page = service.find(ann, status="done", when="this week")
    assert [task.id for task in page.tasks] == [1]
    assert (page.times, page.done_at) == ({1: 2}, {1: instants[-1]})


def test_stats_count_by_the_persons_days(
    filled: TaskService, ann: Owner, clock: FixedClock
) -> None:
    filled.complete(ann, [1])
    stats = filled.stats(ann)
    assert (stats.open, stats.overdue, stats.due_today) == (4, 1, 0)
    assert (stats.added, stats.completed) == (5, 1)
    assert stats.by_project == (("HOME", 2),)
    clock.move(days=10)
    assert filled.stats(ann, "week").completed == 0
    assert filled.stats(ann, "this month").completed == 1
    with pytest.raises(TaskRefusal):
        filled.stats(ann, "whenever")


@given(st.text(min_size=1, max_size=30))
def test_every_text_that_can_be_searched_is_found_by_itself(text: str) -> None:
    try:
        wanted = patterns(text)
    except TaskRefusal:
        return
    assert all(part in folded(text) for part in wanted)


def test_words_are_found_in_scripts_without_spaces() -> None:
    assert all(part in folded("牛乳を買う") for part in patterns("買う"))
    assert all(part in folded("Milch 🥛 kaufen") for part in patterns("🥛"))
