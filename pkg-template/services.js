/** Public services and customer service: `hongyan/services`. Loaded by pages that use them, and by nobody else. */
import { BareCustomerService } from './services/customer.js';
import { ServiceError } from './services/errors.js';
import { BarePublicServices } from './services/public.js';

const failure = (code, origin, detail, cause) => new ServiceError(code, origin, detail, cause);

export class PublicServices extends BarePublicServices {
  /** Kept when names are made short. */
  static name = 'PublicServices';
  static failure = failure;
}

export class CustomerService extends BareCustomerService {
  /** Kept when names are made short. */
  static name = 'CustomerService';
  static failure = failure;
}
