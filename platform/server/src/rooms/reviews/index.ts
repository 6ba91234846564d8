export { reviewsRoutes } from './http.ts';
export { createReviews, type Reviews, type ReviewsDeps } from './reviews.ts';
