export { EndpointPool, type GatewayEndpoint } from './endpoint-pool.ts';
export { Gateway, type GatewayLog, type GatewayOptions } from './gateway.ts';
