"""Make ahead what every turn of a chat makes: the schemas of the tools, and the list of prices.

Only the process imports this from which commands are forked.
"""

import genai_prices.data_snapshot

from app.tools import TaskTools

TaskTools(lambda: None).all()  # type: ignore[arg-type,return-value]
genai_prices.data_snapshot.get_snapshot()
