"""Due dates and repeats: closed grammars, understood whole or refused."""
