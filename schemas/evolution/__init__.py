"""What a changed contract means: for readers of its topics, for rows already stored, for us.

`whole.compare` names every change; `answer.Difference` draws the verdict and the steps from them;
`migration.scripts` writes the statements. All of it is pure: two contracts in, an answer out.
"""
