"""From quantities to claims: is this number a claim, of which type, and what is each of its slots?"""
