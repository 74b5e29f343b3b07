/** Every endpoint of the stand-in. The first that matches answers. */
import { actionRoutes } from './action-routes.ts'
import { appRoutes } from './app-routes.ts'
import { checkRoutes } from './check-routes.ts'
import { commentRoutes } from './comment-routes.ts'
import { commitRoutes } from './commit-routes.ts'
import { dependencyRoutes } from './dependency-routes.ts'
import { deploymentRoutes } from './deployments.ts'
import { graphqlRoutes } from './graphql.ts'
import { issueRoutes } from './issue-routes.ts'
import { labelRoutes } from './label-routes.ts'
import { pullRoutes } from './pull-routes.ts'
import { repositoryRoutes } from './repository-routes.ts'
import type { Route } from './route.ts'
import { ruleRoutes } from './rules.ts'

export const allRoutes: readonly Route[] = [
  ...commentRoutes,
  ...labelRoutes,
  ...dependencyRoutes,
  ...issueRoutes,
  ...ruleRoutes,
  ...checkRoutes,
  ...commitRoutes,
  ...actionRoutes,
  ...pullRoutes,
  ...deploymentRoutes,
  ...appRoutes,
  ...graphqlRoutes,
  ...repositoryRoutes,
]
