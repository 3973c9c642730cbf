from .api import Api as Api
from .communities import Membership as Membership
from .deposit import Deposit as Deposit
from .deposits import Deposits as Deposits
from .files import DepositFile as DepositFile
from .kept import not_kept as not_kept
from .requests import Request as Request
from .uploading import Uploaded as Uploaded
