import asyncio

import aiohttp

BASE = "https://api.integrator.io/v1"


async def main():
    headers = {"Authorization": "Bearer any"}
    timeout = aiohttp.ClientTimeout(total=2)
    # The one setting that aiohttp needs to read its environment.
    async with aiohttp.ClientSession(headers=headers, timeout=timeout, trust_env=True) as session:

        async def outcome(url):
            try:
                async with session.get(url) as answer:
                    return answer.status
            except (aiohttp.ClientError, asyncio.TimeoutError):
                return "error"

        async with session.get(f"{BASE}/integrations") as answer:
            count = len(await answer.json())
        url, pages = f"{BASE}/integrations?limit=1", 0
        while url:
            async with session.get(url) as answer:
                pages, url = pages + 1, answer.links.get("next", {}).get("url")
        missing = await outcome(f"{BASE}/integrations/none")
        reset, stall = await outcome(f"{BASE}/flows"), await outcome(f"{BASE}/exports")
        print(f"list={count} pages={pages} missing={missing} reset={reset} stall={stall}")


asyncio.run(main())
