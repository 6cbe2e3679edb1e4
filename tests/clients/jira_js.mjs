// One call of jira.js for each line on standard input: {"operation", "parameters"}. Answers {"body"} or {"status", "body"}.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const [folder, host, issuer, secret] = process.argv.slice(2);
const { AgileClient } = createRequire(`${folder}/`)("jira.js");
const client = new AgileClient({ host, authentication: { jwt: { issuer, secret, expiryTimeSeconds: 180 } } });

for await (const line of createInterface({ input: process.stdin })) {
  const { operation, parameters } = JSON.parse(line);
  let answer;
  try {
    answer = { body: await client.deployments[operation](parameters) };
  } catch (error) {
    answer = { status: error.status ?? error.response?.status ?? 0, body: String(error.message) };
  }
  console.log(JSON.stringify(answer));
}
