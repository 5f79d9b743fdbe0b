import packageJson from "../package.json" with { type: "json" };

/** Version of Repartee, from package.json. */
export const version: string = packageJson.version;
