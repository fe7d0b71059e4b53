"""The book of obligations: what each unit owed, by when, how it ended, and why (DOMAIN.md 11).

`duties` says what is owed, from the register, the contracts' cadences and the working calendar;
`judging` how it stands and `causes` why, both pure over the values of `evidence`; `store` keeps the
entries, which are added and never changed; `papers` are what people sign; `league` adds them up.
docs/obligations.md is the page for officers and engineers.
"""
