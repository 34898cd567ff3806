using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>People, devices and tokens are kept by the ICT lead, or from the command line of the machine itself.</summary>
internal static class Administration
{
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public static void MustAdminister(this Actor by)
    {
        if (by.Kind != ActorKind.System && !by.Is(Role.Ict))
            throw Refusals.RoleMayNot("Only the ICT lead keeps the lists of people and devices.");
    }
}
