// Every operation of @datadog/datadog-api-client, called as its users do; prints what came of each as JSON, as datadog_calls.py does.
const [folder, url] = process.argv.slice(2);
const { client, v2 } = require("node:module").createRequire(`${folder}/`)("@datadog/datadog-api-client");

const STARTED = 1772704800;
const [MINE, MARKED, OTHER] = ["client-000000000001", "client:000000000002", "client.000000000003"];
const git = { commitSha: "66adc9350f2cc9b250b69abddab733dd55e1a588", repositoryUrl: "git@github.com:acme/shop.git" };

function connect(appKeyAuth) {
  const baseServer = new client.BaseServerConfiguration(url, {});
  const authMethods = { apiKeyAuth: process.env.DD_API_KEY, appKeyAuth };
  const configuration = client.createConfiguration({ baseServer, authMethods });
  configuration.unstableOperations["v2.patchDORADeploymentByVersion"] = true;
  return new v2.DORAMetricsApi(configuration);
}
const api = connect(process.env.DD_APP_KEY);

const deployment = (changes) => ({
  body: { data: { attributes: { service: "shop", startedAt: STARTED, finishedAt: STARTED + 1, env: "production", ...changes } } },
});
const failure = (changes) => ({
  body: { data: { attributes: { services: ["shop"], env: "production", startedAt: STARTED, ...changes } } },
});
const patch = (attributes, id) => ({ data: { id, type: "dora_deployment_patch_request", attributes } });
const status = (call) => call.then(() => 200, (error) => error.code);

// The members as they are on the wire: the client's names for them are another notation.
function toWire(value) {
  if (Array.isArray(value)) return value.map(toWire);
  if (value instanceof Date || value === null || typeof value !== "object") return value;
  const { additionalProperties = {}, ...members } = value;
  const named = Object.entries(members).map(([name, one]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), one]);
  return Object.fromEntries([...named, ...Object.entries(additionalProperties)].map(([name, one]) => [name, toWire(one)]));
}

async function main() {
  const said = {};
  const create = async (operation, request) => (await api[operation](request)).data.id;
  const mine = { id: MINE, version: "v1", team: "backend", customTags: ["a:b"], git };
  said["create deployment"] = await create("createDORADeployment", deployment(mine));
  said["create another"] = await create("createDORADeployment", deployment({ id: MARKED, version: "v2", finishedAt: STARTED + 9 }));
  said["get deployment"] = toWire((await api.getDORADeployment({ deploymentId: MINE })).data.attributes);
  const query = "service:shop env:production version:v*";
  const window = { from: new Date("2026-01-01T00:00:00Z"), to: new Date("2027-01-01T00:00:00Z") };
  const wanted = { type: "dora_deployments_list_request", attributes: { query, ...window, sort: "-finished_at", limit: 10 } };
  said["list deployments"] = (await api.listDORADeployments({ body: { data: wanted } })).data.map((one) => one.id);
  const marks = { changeFailure: true, remediation: { id: OTHER, type: "rollback" } };
  await api.patchDORADeployment({ deploymentId: MARKED, body: patch(marks, MARKED) });
  said["patch deployment"] = null;
  const remediation = { version: "v3", type: "rollforward" };
  const version = { service: "shop", env: "production", version: "v2", changeFailure: true, remediation };
  await api.patchDORADeploymentByVersion({ body: patch(version) });
  said["patch by version"] = null;
  const begun = await create("createDORAFailure", failure({ name: "Down", severity: "SEV-1", git }));
  const over = failure({ finishedAt: STARTED + 1 });
  said["create failure"] = (await create("createDORAFailure", over)) === begun;
  said["create incident"] = (await create("createDORAIncident", over)) === begun;
  said["get failure"] = toWire((await api.getDORAFailure({ failureId: begun })).data.attributes);
  const severe = { type: "dora_failures_list_request", attributes: { query: "severity:(SEV-1 OR SEV-2) service:shop" } };
  said["list failures"] = (await api.listDORAFailures({ body: { data: severe } })).data.map((one) => one.attributes.name);
  said["bad input"] = await status(api.createDORADeployment(deployment({ startedAt: STARTED * 1e6 })));
  said["bad key"] = await status(connect("unknown").getDORADeployment({ deploymentId: MINE }));
  await api.deleteDORADeployment({ deploymentId: MINE });
  said["delete deployment"] = null;
  said["get deleted"] = await status(api.getDORADeployment({ deploymentId: MINE }));
  await api.deleteDORAFailure({ failureId: begun });
  said["delete failure"] = null;
  said["get deleted failure"] = await status(api.getDORAFailure({ failureId: begun }));
  console.log(JSON.stringify(said));
}
main();
