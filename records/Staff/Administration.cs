using PhotoGuard.Records.Audit;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>People, devices and tokens are kept by the ICT lead, or from the command line of the machine itself.</summary>
internal static class Administration
{
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public static void MustAdminister(this Actor by) => Rights.KeepPeople.Must(by);
}
