import { hostPort, serverAddress } from '@tickfolio/lib/config';
import { type GrpcCallee, grpcCallees, isPart, type Parts, services } from '@tickfolio/services/registry';

/** A service that the gateway calls by gRPC, as the registry has it. */
export type NeighbourName = GrpcCallee<'bff'>;

type InCapitals<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${Uppercase<First>}_${InCapitals<Rest>}`
  : Uppercase<Name>;
export type NeighbourVariable<Name extends NeighbourName = NeighbourName> = `${InCapitals<Name>}_SERVICE_ADDR`;

const variableOf = <Name extends NeighbourName>(name: Name) =>
  `${name.toUpperCase().replaceAll('-', '_')}_SERVICE_ADDR` as NeighbourVariable<Name>;
/**
 * Where it is when nobody says: its name in the network of its containers, at its port. Of the first system that is an
 * alias, by which deployments know it.
 */
const usualAddress = (name: NeighbourName): string => {
  const { aliases, grpc, core } = services[name];
  return `${(core ? aliases[0] : undefined) ?? name}:${grpc?.port}`;
};

const neighbourNames = grpcCallees('bff');
/** Those that an installation leaves out. */
export const neighboursWithout = (parts: Parts): readonly NeighbourName[] =>
  neighbourNames.filter((name) => !isPart(name, parts));

type NeighbourSettings = {
  readonly [Name in NeighbourName as NeighbourVariable<Name>]: ReturnType<typeof serverAddress>;
};

/** The settings of where they are, such as AUTH_SERVICE_ADDR. */
export const neighbourSettings = Object.fromEntries(
  neighbourNames.map((name) => [
    variableOf(name),
    serverAddress(usualAddress(name)).describe(`The ${name} service, by gRPC.`),
  ]),
) as NeighbourSettings;

/** `host:port` of each. */
export type NeighbourTargets = Readonly<Record<NeighbourName, string>>;

export const targetsOf = (address: (name: NeighbourName) => string): NeighbourTargets =>
  Object.fromEntries(neighbourNames.map((name) => [name, address(name)])) as NeighbourTargets;

/** As the settings say. */
export const neighbourTargets = (
  config: Readonly<Record<NeighbourVariable, Parameters<typeof hostPort>[0]>>,
): NeighbourTargets => targetsOf((name) => hostPort(config[variableOf(name)]));
